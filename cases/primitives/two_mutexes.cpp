// Does:   Two counters with a mutex each; two threads wait until both counters are at one.
// Class:  primitives, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the two threads wait on one condition variable with different mutexes, and the other
//         counter that each reads is not protected by the mutex that it holds.
// Fails:  by the data race on what the other mutex protects; and the wait with two mutexes at once
//         is undefined.
// From:   pthread_cond_wait in POSIX: the effect of using more than one mutex for concurrent waits
//         on the same condition variable is undefined.
// Found:  stress the lost wake-up, seldom; tsan the data race; fuzz the lost wake-up and the data
//         race; relacy the data race.
#include <condition_variable>
#include <mutex>
#include <thread>

std::condition_variable changed;
std::mutex left_mutex;
std::mutex right_mutex;
int left = 0;
int right = 0;

void wait_for_right() {
  std::unique_lock<std::mutex> lock(left_mutex);
  ++left;
  changed.notify_all();
  while (right == 0) {
    changed.wait(lock);
  }
}

void wait_for_left() {
  std::unique_lock<std::mutex> lock(right_mutex);
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
