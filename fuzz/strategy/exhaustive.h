// What all exhaustive strategies have in common: how far they follow what could go on for ever.
#pragma once

#include <algorithm>
#include <cstdint>

#include "fuzz/strategy/execution.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

// A loop that waits is followed for so many rounds without a change. The runs in which it takes
// more before the change that it waits for differ from these in nothing but that number.
inline constexpr std::uint32_t kWaitingRounds = 4;

// What may happen any time (a spurious wake-up, an early timeout, a weak compare-exchange that
// fails though it matches) happens so many times in a run, each.
inline constexpr std::uint32_t kSpuriousWakes = 1;
inline constexpr std::uint32_t kEarlyTimeouts = 2;
inline constexpr std::uint32_t kWeakFailures = 1;

class ChoiceBudget {
 public:
  void begin_run() { *this = {}; }
  void executed(const Op& op) { last_ = op.kind; }

  // How many of the n alternatives of the step under way may be tried.
  std::uint32_t allowed(Choice what, std::uint32_t n) const {
    switch (what) {
      case Choice::waiter:
      case Choice::value:
        return n;
      case Choice::spurious_wake:
      case Choice::lone_wake:
        return spurious_ < kSpuriousWakes ? n : 1;
      case Choice::timeout:
        return timeouts_ < kEarlyTimeouts ? n : 1;
      case Choice::cas_failure:
        return weak_failures_ < kWeakFailures ? n : 1;
    }
    return n;
  }

  // A sleep has no other end than its time; when that is, is left to who picks the thread.
  bool must_time_out(Choice what) const {
    return what == Choice::timeout && last_ == OpKind::sleep;
  }

  void taken(Choice what, std::uint32_t value) {
    if (what == Choice::spurious_wake || what == Choice::lone_wake) spurious_ += value;
    if (what == Choice::timeout) timeouts_ += value;
    if (what == Choice::cas_failure) weak_failures_ += value;
  }

 private:
  std::uint32_t spurious_ = 0;
  std::uint32_t timeouts_ = 0;
  std::uint32_t weak_failures_ = 0;
  OpKind last_ = OpKind::none;
};

inline bool only_waits(const Execution& execution, ThreadId thread) {
  const std::uint32_t last = execution.last_of(thread);
  return last != Execution::kNone && execution.event(last).rounds >= kWaitingRounds;
}

}  // namespace heddle
