#include "settings.h"

namespace {
// Whether they are needed or not.
const Settings instance = read_in();
}  // namespace

const Settings& settings() {
  return instance;
}
