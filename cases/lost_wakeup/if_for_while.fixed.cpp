// Does:   One item comes; whoever of two consumers is first takes it, unless the store has closed.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Correct: if_for_while.cpp with a loop around the wait, and with the end of business in its
//          condition.
// Fails:   never.
// From:    see if_for_while.cpp.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
int items = 0;
bool closed = false;

void consume() {
  std::unique_lock<std::mutex> lock(mutex);
  while (items == 0 && !closed) {
    changed.wait(lock);
  }
  if (!closed) {
    assert(items > 0);
    --items;
  }
}

void deliver() {
  std::unique_lock<std::mutex> lock(mutex);
  items = 1;
  changed.notify_all();
}

void close() {
  std::unique_lock<std::mutex> lock(mutex);
  closed = true;
  changed.notify_all();
}

int main() {
  std::thread first(consume);
  std::thread second(consume);
  deliver();
  close();
  first.join();
  second.join();
  return 0;
}
