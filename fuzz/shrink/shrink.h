// Makes a failing schedule as short and simple as it can be while it still fails in the same way.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "harness/model/schedule.h"

namespace heddle {

// What one run of a candidate showed.
struct ShrinkVerdict {
  bool fails = false;  // in the same way as the schedule to be shrunk
  // The deviations that the run took, if known. Those that the candidate lists but the run did not
  // get to need not be removed one by one then.
  std::optional<Schedule> taken;

  // NOLINTNEXTLINE(google-explicit-constructor): a callback may return just a bool.
  ShrinkVerdict(bool same_failure, std::optional<Schedule> deviations_taken = std::nullopt)
      : fails(same_failure), taken(std::move(deviations_taken)) {}
};

// Must give the same answer whenever it is asked about the same schedule. What it throws ends the
// shrinking and is passed on.
using StillFails = std::function<ShrinkVerdict(const Schedule&)>;

struct ShrinkLimits {
  std::uint64_t max_runs = 5'000;
  std::chrono::nanoseconds max_time = std::chrono::seconds(10);
};

struct ShrinkResult {
  Schedule schedule;        // the smallest that failed; the one given if none did
  bool reproduced = false;  // the schedule given failed again; if not, nothing else was tried
  std::uint64_t runs = 0;   // calls of the callback
  // Checked, each by a run: without any one of its deviations the schedule does not fail so.
  bool one_minimal = false;
  bool limit_reached = false;  // there was more to try
};

ShrinkResult shrink(Schedule failing, const StillFails& still_fails,
                    const ShrinkLimits& limits = {});

}  // namespace heddle
