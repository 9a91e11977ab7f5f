// Correct: first the value, then the notification. std::atomic<bool> is too small for the kernel,
//          so the library waits on a counter of its own, shared with other waiters.
// Fails: never.
#include <atomic>
#include <chrono>
#include <thread>

std::atomic<bool> ready{false};
std::atomic_flag seen = ATOMIC_FLAG_INIT;

int main() {
  std::thread waiter([] {
    ready.wait(false);
    seen.test_and_set();
    seen.notify_one();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ready.store(true);
  ready.notify_one();
  seen.wait(false);
  waiter.join();
  return 0;
}
