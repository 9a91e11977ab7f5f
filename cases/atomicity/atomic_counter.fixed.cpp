// Does:   Two threads add one each to an atomic counter, which then is two.
// Class:  atomicity, difficulty 1 of 5
//
// Correct: atomic_counter.cpp with the increment as one atomic operation.
// Fails:   never.
// From:    see atomic_counter.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> counter{0};

void increment() {
  counter.fetch_add(1);
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter.load() == 2);
  return 0;
}
