// Bug: an exception leaves the frame of the function in which a thread counts.
// Fails: if the function has been left before the thread counts.
#include <atomic>
#include <stdexcept>
#include <thread>

std::thread worker;

__attribute__((noinline)) void start(bool fail) {
  std::atomic<int> count = 0;
  worker = std::thread([&count] { count.fetch_add(1); });
  if (fail) throw std::runtime_error("no more work");
  worker.join();
}

int main() {
  try {
    start(true);
  } catch (const std::runtime_error&) {
    worker.join();
  }
  return 0;
}
