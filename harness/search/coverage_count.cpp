#include "harness/search/coverage_count.h"

#include <algorithm>
#include <memory>
#include <variant>

#include "fuzz/strategy/strategy.h"

namespace heddle {

void CoverageCount::begin(std::uint64_t run) {
  coverage_ = {.from_run = run};
  interleavings_.clear();
  runs_ = 0;
  decisions_ = 0;
}

void CoverageCount::add(const SharedProgress& progress, bool decides,
                        const std::function<std::uint64_t(std::uint64_t run)>& position) {
  progress.interleavings.for_each([&](const DistinctEntry& entry) {
    interleavings_.add({.key = entry.key, .first = position(entry.first)});
  });
  const std::uint64_t runs = progress.runs_done;
  if (runs == 0 || !decides) return;
  const std::uint64_t fewest = progress.fewest_decisions;
  coverage_.fewest_decisions = runs_ == 0 ? fewest : std::min(coverage_.fewest_decisions, fewest);
  coverage_.most_decisions =
      std::max<std::uint64_t>(coverage_.most_decisions, progress.most_decisions);
  runs_ += runs;
  decisions_ += progress.decisions;
}

Coverage CoverageCount::finish(std::optional<std::uint64_t> runs, const Job& job,
                               std::uint32_t threads) {
  coverage_.distinct = interleavings_.count();
  coverage_.exact = interleavings_.exact();
  constexpr std::uint64_t kParts = 10;
  if (runs.has_value() && *runs >= kParts) {
    coverage_.late = interleavings_.count_from(*runs - *runs / kParts);
  }
  coverage_.mean_decisions = static_cast<double>(decisions_) / static_cast<double>(runs_);
  const auto made = make_strategy(job.strategy, job.seed);
  if (const auto* strategy = std::get_if<std::unique_ptr<Strategy>>(&made)) {
    coverage_.bound = (*strategy)->depth_bound(threads, coverage_.most_decisions);
  }
  return coverage_;
}

}  // namespace heddle
