// Does:   A producer hands three items to a consumer through a queue.
// Class:  queues, difficulty 1 of 5
//
// Correct: unlocked_queue.cpp with the lock around the question as well.
// Fails:   never.
// From:    see unlocked_queue.cpp.
#include <cassert>
#include <mutex>
#include <queue>
#include <thread>

constexpr int kItems = 3;

std::mutex mutex;
std::queue<int> items;

void produce() {
  for (int item = 1; item <= kItems; ++item) {
    std::lock_guard<std::mutex> lock(mutex);
    items.push(item);
  }
}

bool nothing_there() {
  std::lock_guard<std::mutex> lock(mutex);
  return items.empty();
}

void consume() {
  for (int expected = 1; expected <= kItems; ++expected) {
    while (nothing_there()) {
      std::this_thread::yield();
    }
    std::lock_guard<std::mutex> lock(mutex);
    assert(items.front() == expected);
    items.pop();
  }
}

int main() {
  std::thread producer(produce);
  std::thread consumer(consume);
  producer.join();
  consumer.join();
  return 0;
}
