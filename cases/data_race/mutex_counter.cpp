// Correct: unlocked_counter.cpp with each increment under a mutex.
// Fails: never.
// From:  the first example of every course on threads.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int counter = 0;

void increment() {
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
