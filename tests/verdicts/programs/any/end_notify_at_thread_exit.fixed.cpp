// Correct: the result and the notification are due when the thread has ended, and both come.
// Fails: never.
#include <cassert>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
bool done = false;

int main() {
  std::promise<int> promise;
  std::future<int> result = promise.get_future();
  std::thread worker([&promise] {
    promise.set_value_at_thread_exit(7);
    std::unique_lock<std::mutex> lock(mutex);
    done = true;
    std::notify_all_at_thread_exit(changed, std::move(lock));
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [] { return done; });
  }
  assert(result.get() == 7);
  worker.join();
  return 0;
}
