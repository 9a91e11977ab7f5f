// Bug: takes the time before the lock, and expects what is under it to be in order.
// Fails: if the other thread is faster in between. Under fuzz each thread has a clock of its own.
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

std::mutex lock;
std::chrono::steady_clock::time_point stamps[2];
int count = 0;

void stamp() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard<std::mutex> guard(lock);
  stamps[count++] = now;
}

int main() {
  std::thread first(stamp);
  std::thread second(stamp);
  first.join();
  second.join();
  assert(stamps[0] <= stamps[1]);
  return 0;
}
