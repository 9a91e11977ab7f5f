// A search that could not have found anything is an error.
#pragma once

#include <cstdint>
#include <string>

#include "harness/search/result.h"

namespace heddle {

// What the runs of a search came to, all together.
struct RunTotals {
  std::uint64_t steps = 0;
  std::uint32_t most_threads = 0;  // in one run
};

// Sets EngineResult::error where all runs have passed because nothing was controlled.
void find_silent_pass(EngineResult& result, const RunTotals& totals, const std::string& program);

}  // namespace heddle
