// Bug: the waiter is notified before the value changes; it looks, finds the old value, and goes
//      back to sleep.
// Fails: if the waiter sleeps in the kernel before the value changes, whether or not the
//        notification reached it. Main is busy before it notifies, so it often does.
#include <atomic>
#include <chrono>
#include <thread>

std::atomic<bool> ready{false};

int main() {
  std::thread waiter([] { ready.wait(false); });
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ready.notify_one();
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ready.store(true);
  waiter.join();
  return 0;
}
