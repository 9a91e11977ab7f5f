// What std::terminate() calls was set before main, and ends the process well.
#include <unistd.h>

#include <exception>
#include <thread>

static const auto before = std::set_terminate([] { _exit(0); });

int main() {
  std::thread thrower([] { throw 1; });
  thrower.join();
  return before == nullptr ? 2 : 1;
}
