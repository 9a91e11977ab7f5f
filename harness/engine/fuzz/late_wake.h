// Failures that need a late wake-up: see run/deadlines.cpp for what that is.
#pragma once

#include <cstdint>
#include <optional>

#include "fuzz/strategy/strategy.h"
#include "harness/engine/engine.h"
#include "harness/engine/fuzz/run/run.h"

namespace heddle {

// What sampling keeps in order, and an exhaustive search does not: it sees from each interleaving
// what it is.
class DeadlineRule {
 public:
  DeadlineRule(const Job& job, const Strategy& strategy);

  Deadlines of(std::uint64_t run) const {
    // A program that relies on deadlines is worth telling of, but seldom what one looks for. An
    // eighth, and in each part of the portfolio's.
    constexpr std::uint64_t kPart = 8;
    const bool any = some_ && (any_ || run / kPart % kPart == kPart - 1);
    return any ? Deadlines::any : Deadlines::in_order;
  }

 private:
  bool any_;   // in every run
  bool some_;  // in some runs
};

// Whether the run just executed failed after one thread's wait had ended early, while another that
// did not wait had not come so far as to begin its own.
bool fails_by_overtaking(const RunResult& result);

// Executes that run again, or what is left of it without all other deviations, but that whoever
// does not wait goes on until it does before another's wait ends early. If the run fails in the
// same way, by a late wake-up, that is what it is: this other run is the answer. Nothing if it is
// not, or cannot be had again. `known`: how many failures were known before the run.
std::optional<RunResult> with_late_wake(const RunResult& result, std::size_t known, RunHost& host);

}  // namespace heddle
