// Correct: the thread is joined before the exception leaves the frame in which it counts.
// Fails: never.
#include <atomic>
#include <stdexcept>
#include <thread>

std::thread worker;

__attribute__((noinline)) void start(bool fail) {
  std::atomic<int> count = 0;
  worker = std::thread([&count] { count.fetch_add(1); });
  worker.join();
  if (fail) throw std::runtime_error("no more work");
}

int main() {
  for (int i = 0; i < 2; ++i) {
    try {
      start(true);
    } catch (const std::runtime_error&) {
    }
  }
  return 0;
}
