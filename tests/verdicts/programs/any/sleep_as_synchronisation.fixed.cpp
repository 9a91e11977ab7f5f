// Correct: main sleeps between its looks at the flag, and it is the flag that orders.
// Fails: never.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

int result = 0;
std::atomic<bool> finished{false};

int main() {
  std::thread worker([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    result = 42;
    finished = true;
  });
  while (!finished) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  assert(result == 42);
  worker.join();
  return 0;
}
