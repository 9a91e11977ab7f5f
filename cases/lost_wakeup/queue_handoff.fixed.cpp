// Does:   A producer hands two items to a consumer through a queue.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Correct: queue_handoff.cpp with test and wait in one critical section.
// Fails:   never.
// From:    see queue_handoff.cpp.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

constexpr int kItems = 2;

std::mutex mutex;
std::condition_variable pushed;
std::queue<int> items;

void produce() {
  for (int item = 1; item <= kItems; ++item) {
    std::lock_guard<std::mutex> lock(mutex);
    items.push(item);
    pushed.notify_one();
  }
}

int take() {
  std::unique_lock<std::mutex> lock(mutex);
  while (items.empty()) {
    pushed.wait(lock);
  }
  int item = items.front();
  items.pop();
  return item;
}

void consume() {
  for (int expected = 1; expected <= kItems; ++expected) {
    int item = take();
    assert(item == expected);
  }
}

int main() {
  std::thread producer(produce);
  std::thread consumer(consume);
  producer.join();
  consumer.join();
  assert(items.empty());
  return 0;
}
