// What all exhaustive strategies have in common: how far they follow what could go on for ever.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz/strategy/execution.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

// A loop that waits is followed for so many rounds without a change. The runs in which it takes
// more before the change that it waits for differ from these in nothing but that number.
inline constexpr std::uint32_t kWaitingRounds = 4;

// What may happen any time (a spurious wake-up, a weak compare-exchange that fails though it
// matches) happens so many times in a run, each.
inline constexpr std::uint32_t kSpuriousWakes = 1;
inline constexpr std::uint32_t kWeakFailures = 1;

// So many operations with a time limit may in each thread find, whenever they are picked, that
// their time is up; what they wait for may also come first. After those the time is up only where
// nobody else can go on. (Of each thread, and counted as it goes: what a step may do must not hang
// on steps of others that commute with it, or executions that are taken for the same would differ.)
inline constexpr std::uint32_t kEarlyTimeouts = 2;

class ChoiceBudget {
 public:
  void begin_run() {
    spurious_ = weak_failures_ = 0;
    last_ = OpKind::none;
    timeouts_.clear();
  }
  void executed(const Op& op, ThreadId thread) {
    last_ = op.kind;
    if (op.kind == OpKind::timeout) ++timeouts(thread);
  }

  // How many of the n alternatives of the step under way may be tried.
  std::uint32_t allowed(Choice what, std::uint32_t n) const {
    switch (what) {
      case Choice::waiter:
      case Choice::value:
      case Choice::timeout:
        return n;
      case Choice::spurious_wake:
      case Choice::lone_wake:
        return spurious_ < kSpuriousWakes ? n : 1;
      case Choice::cas_failure:
        return weak_failures_ < kWeakFailures ? n : 1;
    }
    return n;
  }

  // The only alternative, where there is but one: whether the time may be up early. When that is is
  // left to who picks the thread. A sleep has no other end.
  std::optional<std::uint32_t> given(Choice what, ThreadId thread) {
    if (what != Choice::timeout) return std::nullopt;
    return last_ == OpKind::sleep || timeouts(thread) < kEarlyTimeouts ? 1 : 0;
  }

  void taken(Choice what, std::uint32_t value) {
    if (what == Choice::spurious_wake || what == Choice::lone_wake) spurious_ += value;
    if (what == Choice::cas_failure) weak_failures_ += value;
  }

 private:
  std::uint32_t& timeouts(ThreadId thread) {
    if (thread >= timeouts_.size()) timeouts_.resize(thread + 1);
    return timeouts_[thread];
  }

  std::uint32_t spurious_ = 0;
  std::uint32_t weak_failures_ = 0;
  OpKind last_ = OpKind::none;
  std::vector<std::uint32_t> timeouts_;  // index: thread
};

inline bool only_waits(const Execution& execution, ThreadId thread) {
  const std::uint32_t last = execution.last_of(thread);
  return last != Execution::kNone && execution.event(last).rounds >= kWaitingRounds;
}

}  // namespace heddle
