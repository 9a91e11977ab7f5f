// What may be claimed of a search: the only place that decides it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/claim.h"
#include "harness/model/exploration.h"
#include "harness/model/features.h"
#include "harness/model/schedule.h"

namespace heddle {

// Of the program's code, that which no engine sees.
struct UnseenCode {
  std::vector<std::string> names{};  // of source files or modules that ran without instrumentation
  bool everything = false;           // nothing of the program is instrumented
  std::vector<std::string> unmodelled{};  // functions that it calls and no engine models
  bool parts_of_locals = false;           // accesses of clang's code to them
  std::vector<std::string> assumed{};     // what has to hold of code that is exempt, in words

  friend bool operator==(const UnseenCode&, const UnseenCode&) = default;
};

// All that the claim depends on.
struct ClaimGrounds {
  EngineKind engine = EngineKind::fuzz;
  bool ended = false;             // within its bounds, nothing is left to run
  bool error = false;             // Heddle's own
  std::uint64_t failed = 0;       // runs; of a search for one failure, those that failed so
  std::uint64_t failed_late = 0;  // others, which need a late wake-up
  std::uint64_t gave_up = 0;      // runs that ended at a limit
  std::uint64_t runs = 0;         // relacy: each of them is an interleaving
  Exploration exploration{};      // fuzz
  std::uint32_t preemption_bound = Exploration::kNoBound;  // relacy
  std::uint32_t outside_choices = Exploration::kNoBound;   // likewise
  bool repeatable = true;
  bool as_fresh = true;  // runs that shared a process were as in fresh ones
  Features features{};
  std::vector<EngineKind> failed_elsewhere{};  // engines of the same command that saw it fail
  UnseenCode unseen{};
};

Claim claim_of(const ClaimGrounds& grounds);

}  // namespace heddle
