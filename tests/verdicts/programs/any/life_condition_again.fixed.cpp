// A condition variable for each round, in the place of the last one's.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

int main() {
  int rounds = 0;
  for (int i = 0; i < 2; ++i) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::thread waiter([&] {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return ready; });
      ++rounds;
    });
    {
      std::lock_guard<std::mutex> lock(mutex);
      ready = true;
    }
    changed.notify_one();
    waiter.join();
  }
  assert(rounds == 2);
  return 0;
}
