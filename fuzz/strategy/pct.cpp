#include "fuzz/strategy/pct.h"

#include <algorithm>
#include <cmath>

#include "fuzz/strategy/random_choice.h"

namespace heddle {
namespace {

// Three bands that cannot meet: initial priorities, changed ones (at most kPctMaxDepth), and those
// of threads that gave way, which count down.
constexpr std::uint64_t kInitial = std::uint64_t{1} << 63U;
constexpr std::uint64_t kChanged = std::uint64_t{1} << 62U;

constexpr std::size_t kUsualThreads = 256;

}  // namespace

Pct::Pct(const PctOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), random_(seed) {
  priorities_.reserve(kUsualThreads);
  changes_.reserve(options.depth);
}

bool Pct::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  priorities_.clear();
  step_ = 0;
  lowest_ = kChanged;

  const std::uint64_t steps = options_.steps != 0
                                  ? options_.steps
                                  : kScales[random_.below(1 + random_.below(kScales.size()))];
  changes_.clear();
  next_change_ = 0;
  for (unsigned i = 1; i < options_.depth; ++i) {
    changes_.push_back({1 + random_.below(steps), kChanged + i});
  }
  // Ties broken, or their order would be the standard library's choice.
  std::sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
    return a.step != b.step ? a.step < b.step : a.priority < b.priority;
  });
  return true;
}

std::uint64_t& Pct::priority_of(ThreadId thread) {
  if (thread >= priorities_.size()) priorities_.resize(std::size_t{thread} + 1, 0);
  std::uint64_t& priority = priorities_[thread];
  if (priority == 0) priority = kInitial | random_.next();
  return priority;
}

std::size_t Pct::pick(const SchedulingPoint& point) {
  if (point.ready.size() == 1) return 0;
  ++step_;
  const bool gave_way = !point.running && point.ready[point.fallback].id != point.thread;
  std::size_t best = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    const ThreadId thread = point.ready[i].id;
    std::uint64_t& priority = priority_of(thread);
    if (gave_way && thread == point.thread) priority = --lowest_;
    if (priority > highest) {
      highest = priority;
      best = i;
    }
  }
  if (next_change_ == changes_.size() || changes_[next_change_].step > step_) [[likely]] {
    return best;
  }
  // Two changes may fall on one step; each hits the thread that would go after the one before.
  for (; next_change_ < changes_.size() && changes_[next_change_].step <= step_; ++next_change_) {
    priority_of(point.ready[best].id) = changes_[next_change_].priority;
    for (std::size_t i = 0; i < point.ready.size(); ++i) {
      if (priority_of(point.ready[i].id) > priority_of(point.ready[best].id)) best = i;
    }
  }
  return best;
}

std::uint32_t Pct::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                          std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

// The paper's bound holds for a run whose k is at least the number of its steps: the probability
// that one of the d-1 changes falls on a given step is then 1/k. Where each run draws its k, the
// bound is the mean over the draws, those with too small a k counting nothing.
std::optional<DepthBound> Pct::depth_bound(std::uint64_t threads, std::uint64_t decisions) const {
  if (threads == 0 || decisions == 0) return std::nullopt;
  const auto with = [&](std::uint64_t k) {
    if (k < decisions) return 0.0;
    const double hit = std::pow(static_cast<double>(k), -static_cast<double>(options_.depth - 1));
    return hit / static_cast<double>(threads);
  };
  double per_run = 0;
  if (options_.steps != 0) {
    per_run = with(options_.steps);
  } else {
    const auto scales = static_cast<double>(kScales.size());
    for (std::size_t choices = 1; choices <= kScales.size(); ++choices) {
      for (std::size_t i = 0; i < choices; ++i) {
        per_run += with(kScales[i]) / static_cast<double>(choices) / scales;
      }
    }
  }
  if (per_run == 0) return std::nullopt;
  return DepthBound{
      .depth = options_.depth, .threads = threads, .decisions = decisions, .per_run = per_run};
}

}  // namespace heddle
