#include "harness/search/checked_progress.h"

#include <algorithm>

namespace heddle {

bool is_plausible(const SharedProgress& progress, const RunRange& range) {
  const std::uint64_t size = range.end - range.begin;
  const std::uint64_t done = progress.runs_done;
  const std::uint64_t redundant = progress.runs_redundant;
  if (done > size || redundant > size - done) return false;
  for (const std::atomic<std::uint64_t>* part : {&progress.runs_failed, &progress.runs_failed_late,
                                                 &progress.runs_gave_up, &progress.first_runs}) {
    if (*part > done) return false;
  }
  if (done != 0 && progress.fewest_decisions > progress.most_decisions) return false;
  if (progress.in_run > 1 || progress.racy_used > SharedProgress::kRacy) return false;
  const std::uint32_t failures = progress.failures_used;
  if (failures > SharedProgress::kFailures) return false;
  return std::all_of(progress.failures, progress.failures + failures, [&](const auto& failure) {
    return failure.count <= done + 1 && failure.in_first_runs <= failure.count;
  });
}

void charge_first(SharedProgress& progress, const RunRange& range) {
  progress.begin_job();
  progress.in_run = 1;
  progress.current_run = range.begin;
  progress.first_of_process = 0;
  // More than can be replayed: what stands there is none of a run.
  progress.deviations_used = SharedProgress::kDeviations + 1;
}

std::uint64_t run_within(const SharedProgress& progress, const RunRange& range) {
  const std::uint64_t run = progress.current_run;
  return run >= range.begin && run < range.end ? run : range.begin;
}

}  // namespace heddle
