// Why a schedule fails: the two operations whose order decides, found by swapping pairs of the
// minimal interleaving and running what comes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "harness/engine/engine.h"
#include "harness/search/replayer.h"
#include "harness/search/result.h"

namespace heddle {

struct CauseLimits {
  std::uint64_t max_runs = 60;    // to find the pair
  std::uint64_t max_checks = 10;  // with the two swapped and the rest of the run varied
  std::chrono::milliseconds max_time{300};
  std::uint64_t step_limit = 200'000;  // a run that takes more has not passed
};

// Nothing if no pair decides, as far as the limits allow to tell.
std::optional<Cause> find_cause(Replayer& replayer, const Job& job, const Failed& failure,
                                const MinimalInterleaving& minimal, const CauseLimits& limits = {});

}  // namespace heddle
