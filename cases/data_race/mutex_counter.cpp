// Does:   Two threads add one each to a counter, which then is two.
// Class:  data_race, difficulty 1 of 5
//
// Correct: unlocked_counter.cpp with each increment under a mutex.
// Fails:   never.
// From:    see unlocked_counter.cpp.
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
