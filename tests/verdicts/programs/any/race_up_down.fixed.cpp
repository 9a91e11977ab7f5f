// Correct: threads count themselves in and out under a mutex.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int inside = 0;

__attribute__((noinline)) void enter() {
  const std::lock_guard lock(mutex);
  ++inside;
}

__attribute__((noinline)) void leave() {
  const std::lock_guard lock(mutex);
  --inside;
}

void visit() {
  enter();
  leave();
}

int main() {
  std::thread first(visit);
  std::thread second(visit);
  first.join();
  second.join();
  assert(inside == 0);
  return 0;
}
