// Does:   Two consumers share what is in a queue, until it is empty.
// Class:  queues, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    empty() and pop() have the lock one by one: what was there at the question may be gone at
//         the answer.
// Fails:  if both consumers see the last item, and both take it.
// From:   the reason why concurrent queues have a try_pop(): "C++ Concurrency in Action" (A.
//         Williams), on race conditions inherent in interfaces.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
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
  bool empty() {
    std::lock_guard<std::mutex> lock(mutex_);
    return items_.empty();
  }
  int pop() {
    std::lock_guard<std::mutex> lock(mutex_);
    assert(!items_.empty());
    int item = items_.front();
    items_.pop();
    return item;
  }

 private:
  std::mutex mutex_;
  std::queue<int> items_;
};

Queue queue;
std::atomic<int> sum{0};

void consume() {
  while (!queue.empty()) {
    sum += queue.pop();
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
