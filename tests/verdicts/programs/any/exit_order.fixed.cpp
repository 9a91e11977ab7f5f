// One thread says so for both.
#include <cstdlib>
#include <thread>

int main() {
  std::atexit([] { std::_Exit(3); });
  std::thread other([] { std::atexit([] { std::_Exit(0); }); });
  other.join();
  return 0;
}
