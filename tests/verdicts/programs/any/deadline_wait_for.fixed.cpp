// Correct, as far as a wait of 5 ms is over before a sleep of 250 ms.
// Fails: with a late wake-up alone.
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex m;
std::condition_variable answered;
bool answer = false;

int main() {
  std::thread worker([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    const std::lock_guard lock(m);
    answer = true;
    answered.notify_one();
  });
  {
    std::unique_lock lock(m);
    const bool in_time =
        answered.wait_for(lock, std::chrono::milliseconds(5), [] { return answer; });
    assert(!in_time);
  }
  worker.join();
  return 0;
}
