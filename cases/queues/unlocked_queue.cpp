// Does:   A producer hands three items to a consumer through a queue.
// Class:  queues, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the consumer asks whether the queue is empty without the lock.
// Fails:  by the data race, in nearly every run; what comes of it depends on the library's deque.
// From:   the containers of the C++ standard library promise nothing for a read beside a write.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
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
