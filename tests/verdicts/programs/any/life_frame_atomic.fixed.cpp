// Correct: the function returns when the thread has counted down to nothing.
// Fails: never.
#include <atomic>
#include <thread>

__attribute__((noinline)) std::thread start() {
  std::atomic<int> open = 1;
  std::thread worker([&open] { open.fetch_sub(1); });
  while (open.load() != 0) std::this_thread::yield();
  return worker;
}

int main() {
  std::thread worker = start();
  worker.join();
  return 0;
}
