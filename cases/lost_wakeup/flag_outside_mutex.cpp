// Does:   A worker waits until it is told to stop.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the flag is atomic, and so it is set without the mutex: between the worker's look at it
//         and its wait there is room for both the flag and the notification.
// Fails:  if the flag is set and notified after the worker has looked and before it waits.
// From:   std::condition_variable in the C++ reference: even an atomic shared variable must be
//         modified while owning the mutex.
// Found:  stress and tsan the lost wake-up, seldom; fuzz and relacy the lost wake-up.
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
  stop = true;
  told.notify_one();
  worker.join();
  return 0;
}
