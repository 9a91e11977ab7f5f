// Waits that may run out of time, more often than an exhaustive search follows.
#include <chrono>
#include <mutex>
#include <thread>

std::timed_mutex mutex;

void try_three_times() {
  for (int i = 0; i < 3; ++i) {
    if (mutex.try_lock_for(std::chrono::milliseconds(1))) mutex.unlock();
  }
}

int main() {
  std::thread first(try_three_times);
  std::thread second(try_three_times);
  first.join();
  second.join();
}
