#include <mutex>

#include "settings.h"

namespace {
std::once_flag flag;
const Settings* instance = nullptr;
}  // namespace

const Settings& settings() {
  std::call_once(flag, [] { instance = new Settings(read_in()); });
  return *instance;
}
