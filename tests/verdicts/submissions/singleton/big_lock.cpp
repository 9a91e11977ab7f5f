#include <mutex>

#include "settings.h"

namespace {
std::mutex mutex;
const Settings* instance = nullptr;
}  // namespace

const Settings& settings() {
  std::lock_guard<std::mutex> lock(mutex);
  if (instance == nullptr) {
    instance = new Settings(read_in());
  }
  return *instance;
}
