// Correct: the flag is set under the mutex, so the waiter either sees it or waits already; to
//          notify after the unlock is as good.
// Fails: never.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
bool ready = false;

void wait_for_ready() {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [] { return ready; });
}

int main() {
  std::thread first(wait_for_ready);
  std::thread second(wait_for_ready);
  {
    std::lock_guard<std::mutex> lock(mutex);
    ready = true;
  }
  changed.notify_all();
  first.join();
  second.join();
  return 0;
}
