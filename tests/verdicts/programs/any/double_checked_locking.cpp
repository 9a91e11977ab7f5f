// Bug: the first look at the pointer is made without the lock, and the pointer is a plain one.
// Fails: if one thread looks while or after the other one sets it: nothing orders the two.
#include <cassert>
#include <mutex>
#include <thread>

struct Settings {
  int value = 42;
};

std::mutex mutex;
Settings* settings = nullptr;

Settings* get() {
  if (settings == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    if (settings == nullptr) settings = new Settings;
  }
  return settings;
}

int main() {
  std::thread first([] { assert(get()->value == 42); });
  std::thread second([] { assert(get()->value == 42); });
  first.join();
  second.join();
  delete settings;
  return 0;
}
