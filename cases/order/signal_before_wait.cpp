// Does:   Main waits until its worker has begun.
// Class:  order, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    main waits for a notification and not for a condition: one that came before is not there
//         any more.
// Fails:  if the worker notifies before main begins to wait.
// From:   the description of pthread_cond_signal in POSIX: it has no effect if no thread waits.
// Found:  all four the lost wake-up: on real threads in most runs.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable begun;

void work() {
  std::lock_guard<std::mutex> lock(mutex);
  begun.notify_one();
}

int main() {
  std::thread worker(work);
  {
    std::unique_lock<std::mutex> lock(mutex);
    begun.wait(lock);
  }
  worker.join();
  return 0;
}
