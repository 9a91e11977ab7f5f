// Does:   A producer hands two items to a consumer through a queue.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the consumer looks whether the queue is empty and waits for more in two critical
//         sections. A notification between the two finds nobody waiting and is lost.
// Fails:  if the producer pushes the last item between the consumer's look and its wait, for which
//         the consumer then waits for ever. There is no data race and no wrong value.
// From:   the classic misuse of condition variables: a wait must stand in the critical section of
//         the test that leads to it.
// Found:  stress and tsan the lost wake-up, now and then; fuzz and relacy the lost wake-up.
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

bool try_take(int& item) {
  std::lock_guard<std::mutex> lock(mutex);
  if (items.empty()) {
    return false;
  }
  item = items.front();
  items.pop();
  return true;
}

void consume() {
  for (int expected = 1; expected <= kItems; ++expected) {
    int item = 0;
    while (!try_take(item)) {
      std::unique_lock<std::mutex> lock(mutex);
      pushed.wait(lock);
    }
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
