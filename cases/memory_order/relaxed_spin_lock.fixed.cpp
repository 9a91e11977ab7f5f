// Does:   Two threads add to a counter under a spin lock.
// Class:  memory_order, difficulty 3 of 5
//
// Correct: relaxed_spin_lock.cpp with acquire and release.
// Fails:   never.
// From:    see relaxed_spin_lock.cpp.
#include <atomic>
#include <cassert>
#include <thread>

class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      std::this_thread::yield();
    }
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

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
