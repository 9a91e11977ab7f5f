// Only one of the two waits for the other.
#include <atomic>
#include <chrono>
#include <thread>

static std::atomic<bool> there{true};

int main() {
  std::thread first([] { there = false; });
  std::thread second([] {
    while (there) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  first.join();
  second.join();
}
