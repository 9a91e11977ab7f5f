// Bug: get() counts its calls under the shared lock, that is, together with others.
// Fails: whenever both threads count: nothing orders the two additions.
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex mutex;
int value = 42;
int calls = 0;

int get() {
  std::shared_lock<std::shared_mutex> lock(mutex);
  ++calls;
  return value;
}

int main() {
  std::thread first([] { assert(get() == 42); });
  std::thread second([] { assert(get() == 42); });
  first.join();
  second.join();
  assert(calls == 2);
  return 0;
}
