// Bug: a lock made of an atomic flag with relaxed order keeps others out but publishes nothing.
// Fails: whenever both threads have had the lock: their writes race, although no interleaving on
//        x86-64 loses one.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic_flag locked = ATOMIC_FLAG_INIT;
int counter = 0;

void increment() {
  while (locked.test_and_set(std::memory_order_relaxed)) std::this_thread::yield();
  ++counter;
  locked.clear(std::memory_order_relaxed);
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
