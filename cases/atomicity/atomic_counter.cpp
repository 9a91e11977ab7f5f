// Does:   Two threads add one each to an atomic counter, which then is two.
// Class:  atomicity, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    an increment is made of an atomic load and an atomic store, which together are not
//         atomic.
// Fails:  if one thread stores between the other's load and store. There is no data race, so a race
//         detector has nothing to say.
// From:   the atomicity violations of "Learning from Mistakes: A Comprehensive Study on Real World
//         Concurrency Bug Characteristics" (ASPLOS 2008), about two thirds of its non-deadlock
//         bugs.
// Found:  stress and tsan the assertion, seldom; fuzz and relacy the assertion.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> counter{0};

void increment() {
  int value = counter.load();
  counter.store(value + 1);
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter.load() == 2);
  return 0;
}
