// Correct: std::call_once() chooses one thread, and the others wait until it is done.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>

std::once_flag initialised;
int settings = 0;

void use() {
  std::call_once(initialised, [] { settings += 42; });
  assert(settings == 42);
}

int main() {
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
  assert(settings == 42);
  return 0;
}
