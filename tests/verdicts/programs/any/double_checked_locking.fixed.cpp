// Correct: double_checked_locking.cpp with an atomic pointer, stored with release and loaded with
//          acquire order.
// Fails: never.
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>

struct Settings {
  int value = 42;
};

std::mutex mutex;
std::atomic<Settings*> settings{nullptr};
int made = 0;

Settings* get() {
  Settings* found = settings.load(std::memory_order_acquire);
  if (found == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    found = settings.load(std::memory_order_relaxed);
    if (found == nullptr) {
      found = new Settings;
      ++made;
      settings.store(found, std::memory_order_release);
    }
  }
  return found;
}

int main() {
  std::thread first([] { assert(get()->value == 42); });
  std::thread second([] { assert(get()->value == 42); });
  first.join();
  second.join();
  assert(made == 1);
  delete settings.load();
  return 0;
}
