// Correct: the flag is taken with acquire and given back with release order. The threads spin
//          without yielding, and whoever has the lock gives it back after two steps.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic_flag locked = ATOMIC_FLAG_INIT;
int counter = 0;

void increment() {
  while (locked.test_and_set(std::memory_order_acquire)) {
  }
  ++counter;
  locked.clear(std::memory_order_release);
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
