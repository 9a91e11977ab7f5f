// Does:   Two consumers share what is in a queue, until it is empty.
// Class:  queues, difficulty 2 of 5
//
// Correct: empty_then_pop.cpp with an operation that does both.
// Fails:   never.
// From:    see empty_then_pop.cpp.
#include <atomic>
#include <cassert>
#include <mutex>
#include <queue>
#include <thread>

class Queue {
 public:
  void push(int item) {
    std::lock_guard<std::mutex> lock(mutex_);
    items_.push(item);
  }
  bool try_pop(int& item) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (items_.empty()) {
      return false;
    }
    item = items_.front();
    items_.pop();
    return true;
  }

 private:
  std::mutex mutex_;
  std::queue<int> items_;
};

Queue queue;
std::atomic<int> sum{0};

void consume() {
  int item = 0;
  while (queue.try_pop(item)) {
    sum += item;
  }
}

int main() {
  queue.push(1);
  queue.push(2);
  std::thread first(consume);
  std::thread second(consume);
  first.join();
  second.join();
  assert(sum == 3);
  return 0;
}
