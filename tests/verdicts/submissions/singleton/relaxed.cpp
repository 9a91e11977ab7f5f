#include <atomic>
#include <mutex>

#include "settings.h"

namespace {
std::mutex mutex;
std::atomic<const Settings*> instance{nullptr};
}  // namespace

const Settings& settings() {
  if (instance.load(std::memory_order_relaxed) == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    if (instance.load(std::memory_order_relaxed) == nullptr) {
      instance.store(new Settings(read_in()), std::memory_order_relaxed);
    }
  }
  return *instance.load(std::memory_order_relaxed);
}
