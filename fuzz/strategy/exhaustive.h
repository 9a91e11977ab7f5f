// What all exhaustive strategies have in common: how far they follow what could go on for ever.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz/strategy/execution.h"
#include "fuzz/strategy/state_text.h"
#include "fuzz/strategy/strategy.h"
#include "harness/model/exploration.h"

namespace heddle {

// A loop that waits is followed for so many rounds without a change. The runs in which it takes
// more before the change that it waits for differ from these in nothing but that number.
inline constexpr std::uint32_t kWaitingRounds = 4;
// And one that is not seen to wait, as it counts: libstdc++ looks 16 times before it sleeps
// (bits/atomic_wait.h). Each look more is one more interleaving.
inline constexpr std::uint32_t kCountedRounds = 20;

// What may happen any time (a spurious wake-up, a weak compare-exchange that fails though it
// matches) happens so many times in each thread of a run, each. (Of each thread, and counted as it
// goes: what a step may do must not hang on steps of others that commute with it, or executions
// that are taken for the same would differ.)
inline constexpr std::uint32_t kSpuriousWakes = 1;
inline constexpr std::uint32_t kWeakFailures = 1;

// So many operations with a time limit may in each thread find, whenever they are picked, that
// their time is up; what they wait for may also come first. After those the time is up only where
// nobody else can go on.
inline constexpr std::uint32_t kEarlyTimeouts = 2;

class ChoiceBudget {
 public:
  void begin_run() {
    last_ = OpKind::none;
    threads_.clear();
  }
  void executed(const Op& op, ThreadId thread) {
    last_ = op.kind;
    if (op.kind == OpKind::timeout) ++of(thread).timeouts;
  }

  // How many of the n alternatives of the thread's step under way may be tried.
  std::uint32_t allowed(Choice what, std::uint32_t n, ThreadId thread) {
    switch (what) {
      case Choice::waiter:
      case Choice::value:
      case Choice::timeout:
      case Choice::rwlock_policy:
        return n;
      case Choice::spurious_wake:
      case Choice::lone_wake:
        return allowed(n, of(thread).spurious < kSpuriousWakes, reached_.spurious_wakes);
      case Choice::cas_failure:
        return allowed(n, of(thread).weak_failures < kWeakFailures, reached_.weak_failures);
    }
    return n;
  }

  // The only alternative, where there is but one: whether the time may be up early. When that is is
  // left to who picks the thread. A sleep has no other end.
  std::optional<std::uint32_t> given(Choice what, ThreadId thread) {
    if (what != Choice::timeout) return std::nullopt;
    if (last_ == OpKind::sleep || of(thread).timeouts < kEarlyTimeouts) return 1;
    reached_.early_timeouts = true;
    return 0;
  }

  void taken(Choice what, std::uint32_t value, ThreadId thread) {
    if (what == Choice::spurious_wake || what == Choice::lone_wake) of(thread).spurious += value;
    if (what == Choice::cas_failure) of(thread).weak_failures += value;
  }

  // Of all runs of the search.
  const ChoiceBounds& reached() const { return reached_; }
  void write_reached(StateWriter& out) const {
    out.add(reached_.spurious_wakes ? 1 : 0);
    out.add(reached_.weak_failures ? 1 : 0);
    out.add(reached_.early_timeouts ? 1 : 0);
  }
  void read_reached(StateReader& in) {
    reached_.spurious_wakes = in.number() != 0;
    reached_.weak_failures = in.number() != 0;
    reached_.early_timeouts = in.number() != 0;
  }

 private:
  static std::uint32_t allowed(std::uint32_t n, bool more, bool& reached) {
    if (more || n <= 1) return n;
    reached = true;
    return 1;
  }
  struct Used {
    std::uint32_t spurious = 0;
    std::uint32_t weak_failures = 0;
    std::uint32_t timeouts = 0;
  };
  Used& of(ThreadId thread) {
    if (thread >= threads_.size()) threads_.resize(thread + 1);
    return threads_[thread];
  }

  OpKind last_ = OpKind::none;
  std::vector<Used> threads_;  // index: thread
  ChoiceBounds reached_;
};

// Whether it has made so many rounds without a change.
inline bool only_waits(const Execution& execution, ThreadId thread, std::uint32_t rounds) {
  const std::uint32_t last = execution.last_of(thread);
  return last != Execution::kNone && execution.event(last).rounds >= rounds &&
         !execution.event(last).leaves_loop;
}

}  // namespace heddle
