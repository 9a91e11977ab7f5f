// Does:   Main waits until its worker has begun.
// Class:  order, difficulty 1 of 5
//
// Correct: signal_before_wait.cpp with a flag, which stays set.
// Fails:   never.
// From:    see signal_before_wait.cpp.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable begun;
bool has_begun = false;

void work() {
  std::lock_guard<std::mutex> lock(mutex);
  has_begun = true;
  begun.notify_one();
}

int main() {
  std::thread worker(work);
  {
    std::unique_lock<std::mutex> lock(mutex);
    begun.wait(lock, [] { return has_begun; });
  }
  worker.join();
  return 0;
}
