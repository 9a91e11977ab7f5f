#include "harness/search/known_well.h"

#include "harness/search/confirm.h"

namespace heddle {

bool is_known_well(Rate rate, double seconds) {
  constexpr double kAtLeast = 30;  // seconds
  // Where each run has failed, as one that hangs in each does.
  constexpr double kAtLeastIfAll = 5;
  constexpr std::uint64_t kFailuresIfAll = 6;
  // Or as one that takes its process with it, whose next run needs another.
  constexpr double kNewProcess = 0.002;
  constexpr std::uint64_t kFailuresOfProcesses = 100;
  // And where each took seconds, as one does that hangs until somebody finds out.
  constexpr double kAtLeastIfSlow = 12;
  constexpr double kSlowRun = 3;
  constexpr std::uint64_t kFailuresIfSlow = 2;
  constexpr double kCostlyRun = 0.2;  // seconds
  constexpr std::uint64_t kFailures = 20;
  constexpr double kWidth = 0.2;  // of the interval
  const bool all = rate.hits == rate.runs;
  if (all && rate.hits >= kFailuresIfAll && seconds >= kAtLeastIfAll &&
      seconds >= kCostlyRun * static_cast<double>(rate.runs)) {
    return true;
  }
  if (all && rate.hits >= kFailuresOfProcesses && seconds >= kAtLeastIfAll &&
      seconds >= kNewProcess * static_cast<double>(rate.runs)) {
    return true;
  }
  if (all && rate.hits >= kFailuresIfSlow && seconds >= kAtLeastIfSlow &&
      seconds >= kSlowRun * static_cast<double>(rate.runs)) {
    return true;
  }
  if (seconds < kAtLeast || rate.hits < kFailures || rate.hits > rate.runs) return false;
  if (seconds < kCostlyRun * static_cast<double>(rate.runs)) return false;
  const Interval interval = wilson_interval(rate);
  return interval.high - interval.low <= kWidth;
}

bool never_ends(EngineKind engine, std::uint64_t gave_up, std::uint64_t finished, double seconds) {
  // So many orders have been tried, each to the limit.
  constexpr std::uint64_t kMany = 20;
  constexpr double kAtLeastIfMany = 8;  // seconds
  if (finished == 0 && gave_up >= kMany && seconds >= kAtLeastIfMany) return true;
  constexpr std::uint64_t kRuns = 2;
  constexpr double kCostlyRun = 2.5;                           // seconds
  const double at_least = has_real_threads(engine) ? 12 : 60;  // seconds
  return finished == 0 && gave_up >= kRuns && seconds >= at_least &&
         seconds >= kCostlyRun * static_cast<double>(gave_up);
}

}  // namespace heddle
