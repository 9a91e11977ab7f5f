// Does:   Two counters with a mutex each; two threads wait until both counters are at one.
// Class:  primitives, difficulty 3 of 5
//
// Correct: two_mutexes.cpp with one mutex for both.
// Fails:   never.
// From:    see two_mutexes.cpp.
#include <condition_variable>
#include <mutex>
#include <thread>

std::condition_variable changed;
std::mutex mutex;
int left = 0;
int right = 0;

void wait_for_right() {
  std::unique_lock<std::mutex> lock(mutex);
  ++left;
  changed.notify_all();
  while (right == 0) {
    changed.wait(lock);
  }
}

void wait_for_left() {
  std::unique_lock<std::mutex> lock(mutex);
  ++right;
  changed.notify_all();
  while (left == 0) {
    changed.wait(lock);
  }
}

int main() {
  std::thread first(wait_for_right);
  std::thread second(wait_for_left);
  first.join();
  second.join();
  return 0;
}
