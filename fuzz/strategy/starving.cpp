#include "fuzz/strategy/starving.h"

#include <array>

namespace heddle {
namespace {

// In decisions, of which programs take some dozens to some thousands.
constexpr std::array<std::uint64_t, 4> kTimes{32, 128, 512, 2'048};
// It is main that others wait for more often than any other thread; one that is not there starves
// nobody.
constexpr std::uint64_t kThreads = 6;
constexpr std::uint64_t kEnds = 4;

}  // namespace

Starving::Starving(const RandomWalkOptions& options, std::uint64_t seed)
    : walk_(options, seed), random_(seed), seed_(seed) {
  others_.reserve(64);
}

bool Starving::begin_run(std::uint64_t run) {
  // Not the walk's own numbers, by which it would draw what this has drawn.
  random_ = Random(~seed_, run);
  starves_ = static_cast<ThreadId>(random_.below(1 + random_.below(kThreads)));
  from_ = random_.below(2) == 0 ? 0 : random_.below(kTimes[random_.below(kTimes.size())]);
  until_ = from_ + kTimes[random_.below(kTimes.size())];
  decisions_ = 0;
  return walk_.begin_run(run);
}

std::size_t Starving::pick(const SchedulingPoint& point) {
  if (point.ready.size() == 1) return 0;
  const std::uint64_t decision = decisions_++;
  const bool had_turn = decision > from_ && decision < until_ && point.thread == starves_;
  if (had_turn && random_.below(kEnds) == 0) until_ = decision;
  if (decision < from_ || decision >= until_) return walk_.pick(point);
  others_.clear();
  std::size_t absent = point.ready.size();
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    if (point.ready[i].id == starves_) {
      absent = i;
    } else {
      others_.push_back(point.ready[i]);
    }
  }
  if (absent == point.ready.size()) return walk_.pick(point);
  SchedulingPoint without = point;
  without.ready = others_;
  without.running = point.running && point.thread != starves_;
  without.fallback = point.fallback - (point.fallback > absent ? 1 : 0);
  without.fallback %= others_.size();
  const std::size_t chosen = walk_.pick(without);
  return chosen + (chosen >= absent ? 1 : 0);
}

std::uint32_t Starving::choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) {
  return walk_.choose(what, n, thread, step);
}

}  // namespace heddle
