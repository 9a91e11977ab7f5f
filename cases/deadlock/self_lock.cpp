// Does:   Two threads take goods from a store, which reorders when it runs low.
// Class:  deadlock, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    reorder() locks the mutex that its caller holds already.
// Fails:  in the thread that takes the last but one item: whichever comes second.
// From:   std::mutex::lock in the C++ standard: undefined behaviour if the thread owns the mutex;
//         the C library waits for ever.
// Found:  all four the deadlock of a thread with itself, in every run.
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
  void reorder() {
    std::lock_guard<std::mutex> lock(mutex_);
    items_ += 10;
  }

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
