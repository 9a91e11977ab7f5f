#include <atomic>

#include "settings.h"

namespace {
std::atomic<const Settings*> instance{nullptr};
}

const Settings& settings() {
  if (instance.load() == nullptr) {
    instance.store(new Settings(read_in()));
  }
  return *instance.load();
}
