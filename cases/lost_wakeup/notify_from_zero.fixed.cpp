// Does:   Two jobs come; two workers do one each.
// Class:  lost_wakeup, difficulty 3 of 5
//
// Correct: notify_from_zero.cpp with a notification for each job.
// Fails:   never.
// From:    see notify_from_zero.cpp.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable available;
int jobs = 0;

void add_job() {
  std::lock_guard<std::mutex> lock(mutex);
  ++jobs;
  available.notify_one();
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
