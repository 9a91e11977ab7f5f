// What to execute, and how.
#pragma once

#include <cstdint>

#include "harness/engine/engine.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/relacy_state.h"

namespace heddle::relacy {

struct RunOrder {
  RandomRun random;
  std::uint64_t step_limit = 0;
  bool record = false;
  RunHost* host = nullptr;
  KnownFailures* known = nullptr;  // null: describe every failure in full
};

}  // namespace heddle::relacy
