// Main looks under the mutex, again and again, until a thread that has been notified gets it.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
bool open, done;

int main() {
  std::thread waiter([] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return open; });
    done = true;
  });
  {
    std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_one();
  for (;;) {
    std::lock_guard lock(mutex);
    if (done) break;
  }
  waiter.join();
}
