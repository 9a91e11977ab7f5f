// Bug: main takes it that the worker has begun once 250 ms are over.
// Fails: if main's sleep is over before the worker has moved. What the worker sleeps does not help.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

std::atomic<int> result{0};

int main() {
  std::thread worker([] {
    result = 42;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  assert(result == 42);
  worker.join();
  return 0;
}
