// Correct: readers share the lock and only read; calls are counted by an atomic, and the writer has
//          the lock for itself.
// Fails: never.
#include <atomic>
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex mutex;
int value = 42;
int copy = 42;
std::atomic<int> calls{0};

void get() {
  std::shared_lock<std::shared_mutex> lock(mutex);
  ++calls;
  assert(value == copy);
}

void set() {
  std::unique_lock<std::shared_mutex> lock(mutex);
  ++value;
  ++copy;
}

int main() {
  std::thread first(get);
  std::thread second(get);
  std::thread writer(set);
  first.join();
  second.join();
  writer.join();
  assert(calls == 2 && value == 43);
  return 0;
}
