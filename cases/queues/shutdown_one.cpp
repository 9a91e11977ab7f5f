// Does:   A queue is closed, and both of its consumers go home.
// Class:  queues, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    close() wakes one of the waiting consumers only.
// Fails:  if both wait when the queue is closed.
// From:   a state that ends all waits is news for all who wait: notify_all.
// Found:  stress the deadlock, seldom; tsan as stress; fuzz the deadlock and the lost wake-up;
//         relacy the lost wake-up and the deadlock.
#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
std::queue<int> items;
bool closed = false;

void consume() {
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    while (items.empty() && !closed) {
      changed.wait(lock);
    }
    if (items.empty()) {
      return;
    }
    items.pop();
  }
}

void push(int item) {
  std::lock_guard<std::mutex> lock(mutex);
  items.push(item);
  changed.notify_one();
}

void close() {
  std::lock_guard<std::mutex> lock(mutex);
  closed = true;
  changed.notify_one();
}

int main() {
  std::thread first(consume);
  std::thread second(consume);
  push(1);
  close();
  first.join();
  second.join();
  return 0;
}
