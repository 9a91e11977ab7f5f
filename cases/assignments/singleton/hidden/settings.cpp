#include "settings.h"

#include <atomic>
#include <mutex>

namespace {
std::mutex mutex;
std::atomic<const Settings*> instance{nullptr};
}  // namespace

const Settings& settings() {
  const Settings* current = instance.load(std::memory_order_acquire);
  if (current == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    current = instance.load(std::memory_order_relaxed);
    if (current == nullptr) {
      current = new Settings(read_in());
      instance.store(current, std::memory_order_release);
    }
  }
  return *current;
}
