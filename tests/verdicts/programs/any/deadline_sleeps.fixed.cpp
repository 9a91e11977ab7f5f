// Correct, as far as a sleep of 5 ms is over before one of 250 ms.
// Fails: with a late wake-up alone.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

std::atomic<int> result{0};

int main() {
  std::thread worker([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    result = 42;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  assert(result == 42);
  worker.join();
  return 0;
}
