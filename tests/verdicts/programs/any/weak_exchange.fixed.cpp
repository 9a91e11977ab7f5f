// Correct: the weak exchange stands in a loop, the one that is tried once is a strong one.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> sum{0};
std::atomic<int> winners{0};
std::atomic<bool> won{false};

void work() {
  int old = sum.load();
  while (!sum.compare_exchange_weak(old, old + 1)) {
  }
  bool expected = false;
  if (won.compare_exchange_strong(expected, true)) ++winners;
}

int main() {
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  assert(sum == 2 && winners == 1);
  return 0;
}
