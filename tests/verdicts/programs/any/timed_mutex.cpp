// Bug: try_lock_for() may return without the lock, and the thread goes on as if it had it.
// Fails: if the time is over while the other thread holds the mutex. A longer time makes that
//        seldom and not impossible.
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

std::timed_mutex mutex;
int counter = 0;

void increment() {
  const bool locked = mutex.try_lock_for(std::chrono::seconds(1));
  ++counter;
  if (locked) mutex.unlock();
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
