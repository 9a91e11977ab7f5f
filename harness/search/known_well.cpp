#include "harness/search/known_well.h"

namespace heddle {

bool is_known_well(Rate rate, double seconds) {
  constexpr double kAtLeast = 30;     // seconds
  constexpr double kCostlyRun = 0.2;  // seconds
  constexpr std::uint64_t kFailures = 20;
  constexpr double kWidth = 0.2;  // of the interval
  if (seconds < kAtLeast || rate.hits < kFailures || rate.hits > rate.runs) return false;
  if (seconds < kCostlyRun * static_cast<double>(rate.runs)) return false;
  const Interval interval = wilson_interval(rate);
  return interval.high - interval.low <= kWidth;
}

}  // namespace heddle
