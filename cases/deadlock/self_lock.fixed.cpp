// Does:   Two threads take goods from a store, which reorders when it runs low.
// Class:  deadlock, difficulty 2 of 5
//
// Correct: self_lock.cpp with a reorder() for callers that hold the lock.
// Fails:   never.
// From:    see self_lock.cpp.
#include <cassert>
#include <mutex>
#include <thread>

class Store {
 public:
  void take() {
    std::lock_guard<std::mutex> lock(mutex_);
    --items_;
    if (items_ < 2) {
      reorder();
    }
  }

 private:
  // With the lock held.
  void reorder() { items_ += 10; }

  std::mutex mutex_;
  int items_ = 3;
};

Store store;

void buy() {
  store.take();
}

int main() {
  std::thread first(buy);
  std::thread second(buy);
  first.join();
  second.join();
  return 0;
}
