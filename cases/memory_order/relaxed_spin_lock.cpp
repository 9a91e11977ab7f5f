// Does:   Two threads add to a counter under a spin lock.
// Class:  memory_order, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the lock is taken and given back with relaxed order, so what it protects is ordered by
//         nothing.
// Fails:  by the data race in every run; a wrong count only on processors that are weaker than
//         x86-64.
// From:   a lock needs an acquire to enter and a release to leave: that is where the two names come
//         from.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_relaxed)) {
      std::this_thread::yield();
    }
  }
  void unlock() { taken_.store(false, std::memory_order_relaxed); }

 private:
  std::atomic<bool> taken_{false};
};

SpinLock spin_lock;
int counter = 0;

void increment() {
  spin_lock.lock();
  ++counter;
  spin_lock.unlock();
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
