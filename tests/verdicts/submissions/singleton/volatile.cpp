#include <mutex>

#include "settings.h"

namespace {
std::mutex mutex;
Settings* volatile instance = nullptr;
}  // namespace

const Settings& settings() {
  if (instance == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    if (instance == nullptr) {
      instance = new Settings(read_in());
    }
  }
  return *instance;
}
