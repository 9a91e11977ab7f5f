// Bug: the flag is atomic, so it is set without the mutex; the notification can then fall between
//      the waiter's look at the flag and its wait.
// Fails: if it does: nobody is woken, and no other notification comes.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
std::atomic<bool> ready{false};

void wait_for_ready() {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [] { return ready.load(); });
}

int main() {
  std::thread waiter(wait_for_ready);
  ready = true;
  changed.notify_one();
  waiter.join();
  return 0;
}
