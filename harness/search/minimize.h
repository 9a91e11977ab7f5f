// From a failing schedule to the smallest that fails in the same way, with its trace and its cause.
#pragma once

#include <chrono>
#include <optional>

#include "harness/engine/engine.h"
#include "harness/search/cause.h"
#include "harness/search/replayer.h"
#include "harness/search/result.h"

namespace heddle {

struct MinimizeLimits {
  std::uint64_t max_runs = 5'000;             // of shrinking
  std::chrono::milliseconds max_time{2'000};  // for all of it
  // Of each of the exhaustive searches for a schedule with fewer preemptions, and for the first of
  // those with as many.
  std::uint64_t max_explored = 20'000;
  std::chrono::milliseconds max_explore_time{300};
  std::uint64_t explored_step_limit = 200'000;
  CauseLimits cause{};
};

// The failure as one more run of its schedule has it, with the callers of all its places; nothing
// if that does not show it.
std::optional<Failed> see_again(Replayer& replayer, Job job, const Finding& finding);

// Nothing if the failure does not show when its schedule is replayed: then the program does not
// behave alike in like runs, and the report must say so.
std::optional<MinimalInterleaving> minimize(Replayer& replayer, const Job& job,
                                            const Finding& finding, const MinimizeLimits& limits);

}  // namespace heddle
