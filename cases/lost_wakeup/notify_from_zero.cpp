// Does:   Two jobs come; two workers do one each.
// Class:  lost_wakeup, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the producer notifies only if there was no job before: the second job wakes nobody,
//         although a second worker waits.
// Fails:  if both workers wait, and the second job comes before the first worker has taken the
//         first.
// From:   a saving that looks right with one consumer, and is wrong with two.
// Found:  stress and tsan the deadlock, seldom; fuzz and relacy the deadlock: the notification was
//         never sent.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable available;
int jobs = 0;

void add_job() {
  std::lock_guard<std::mutex> lock(mutex);
  if (jobs == 0) {
    available.notify_one();
  }
  ++jobs;
}

void do_job() {
  std::unique_lock<std::mutex> lock(mutex);
  while (jobs == 0) {
    available.wait(lock);
  }
  --jobs;
}

int main() {
  std::thread first(do_job);
  std::thread second(do_job);
  add_job();
  add_job();
  first.join();
  second.join();
  return 0;
}
