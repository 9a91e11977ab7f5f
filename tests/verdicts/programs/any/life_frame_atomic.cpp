// Bug: a thread counts down in the frame of a function that returns without a look at the count.
// Fails: if the function has returned before the thread counts.
#include <atomic>
#include <thread>

__attribute__((noinline)) std::thread start() {
  std::atomic<int> open = 1;
  return std::thread([&open] { open.fetch_sub(1); });
}

int main() {
  std::thread worker = start();
  worker.join();
  return 0;
}
