// Does:   A worker waits until it is told to stop.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Correct: flag_outside_mutex.cpp with the mutex held while the flag is set.
// Fails:   never.
// From:    see flag_outside_mutex.cpp.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable told;
std::atomic<bool> stop{false};

void work() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!stop) {
    told.wait(lock);
  }
}

int main() {
  std::thread worker(work);
  {
    std::lock_guard<std::mutex> lock(mutex);
    stop = true;
  }
  told.notify_one();
  worker.join();
  return 0;
}
