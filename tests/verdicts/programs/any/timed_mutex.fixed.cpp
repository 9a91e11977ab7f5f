// Correct: who does not get the lock in time writes down that it skipped its turn, in an atomic.
// Fails: never; the sum is 2 whoever was late.
#include <atomic>
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

std::timed_mutex mutex;
int counter = 0;
std::atomic<int> skipped{0};

void increment() {
  std::unique_lock<std::timed_mutex> lock(mutex, std::chrono::seconds(1));
  if (lock.owns_lock()) {
    ++counter;
  } else {
    ++skipped;
  }
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter + skipped == 2);
  return 0;
}
