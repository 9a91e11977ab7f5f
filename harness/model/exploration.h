// How much of the search space an exhaustive search has seen.
#pragma once

#include <cstdint>
#include <vector>

namespace heddle {

// Which of the numbers that an exhaustive search allows of what may happen any time
// (fuzz/strategy/exhaustive.h) have kept a run from doing it once more.
struct ChoiceBounds {
  bool spurious_wakes = false;
  bool weak_failures = false;
  bool early_timeouts = false;

  friend bool operator==(const ChoiceBounds&, const ChoiceBounds&) = default;
};

struct Exploration {
  static constexpr std::uint32_t kNoBound = ~std::uint32_t{0};

  bool complete = false;         // nothing is left within the bounds
  std::uint64_t executions = 0;  // different schedules, over resumptions
  // Runs given up since all that they could show was known, or that repeated an execution.
  std::uint64_t redundant = 0;
  std::uint64_t distinct = 0;  // interleavings: executions that differ as partial orders
  double fraction = 0;         // estimate of what was done of the whole, 0 to 1
  std::uint32_t bound = 0;     // preemptions allowed; kNoBound
  // What else was allowed in a run, if it has kept some out; else kNoBound. Decisions of the world
  // outside the program other than the default, and of whatever kind.
  std::uint32_t outside_choices = kNoBound;
  std::uint32_t deviations = kNoBound;
  bool reduced = false;  // not all schedules of an interleaving were to be run
  bool limited = false;  // some runs ended at a limit, or waiting loops were cut short
  ChoiceBounds reached{};
  std::vector<std::uint64_t> by_bound{};  // distinct ones within 0, 1, 2, ... preemptions

  friend bool operator==(const Exploration&, const Exploration&) = default;
};

}  // namespace heddle
