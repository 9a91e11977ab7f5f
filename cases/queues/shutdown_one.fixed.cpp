// Does:   A queue is closed, and both of its consumers go home.
// Class:  queues, difficulty 2 of 5
//
// Correct: shutdown_one.cpp with notify_all().
// Fails:   never.
// From:    see shutdown_one.cpp.
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
  changed.notify_all();
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
