// Bug: it is taken for granted that the lock is free. That it was not stands in a variable of
// another
//      thread's stack, and nothing else tells one round of the loop from the next.
// Fails: if the other thread comes while main has the lock.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> held{0};

int main() {
  bool was_busy = false;
  std::thread other([&was_busy] {
    while (held.exchange(1) != 0) was_busy = true;
    held.store(0);
  });
  while (held.exchange(1) != 0) {
  }
  held.store(0);
  other.join();
  assert(!was_busy);
  return 0;
}
