// Claims in words: the only place that says "all N interleavings pass", "proved" and the like.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/claim.h"
#include "harness/search/result.h"

namespace heddle {

// Each is empty where the claim has nothing to say there.
struct ClaimWords {
  std::string row;      // in a table: "all 7 interleavings pass"
  std::string remark;   // below it: "not a proof: mylib.cpp is not instrumented"
  std::string covered;  // what was run: "all 7 interleavings"; where a run failed, too
};

ClaimWords words_of(const EngineResult& result);

// How the engine searched, with what auto did beside sampling: "auto; dpor: all 2 interleavings".
std::string method_text(const EngineResult& result);

// How few preemptions a failure is shown to need: "proved: all 3 schedules without any pass".
// `preemptions`: of the failing interleaving. Empty where that is not proved.
std::string proof_text(const MinimalityProof& proof, unsigned preemptions);

// Why it is not, though all schedules with fewer were run: "not a proof: ...". Else empty.
std::string not_proved_text(const Claim& claim);

// Stable names for programs, and the same for people.
struct NamedText {
  std::string_view name;  // "compare_exchange"
  std::string text;
};

// Why `proved` is false. Empty where it is true.
std::vector<NamedText> named_reasons(const Claim& claim);

// Empty where nothing is proved, or everything.
std::vector<NamedText> named_bounds(const Claim& claim);

// Whether the interleaving's minimality is proved, within bounds or without.
bool is_proved(const MinimalInterleaving& minimal);

// "1 preemption, proved: all 3 schedules without any pass; shrunk from 5 deviations to 1 in 12
// runs".
std::string minimality_text(const MinimalInterleaving& minimal);

// "2 runs fail by a late wake-up alone, which counts with --deadlines free"; where others fail
// without, "2 further runs fail after a late wake-up, ...".
std::string late_wake_remark(const EngineResult& result);

// What it is that such a failure needs.
inline constexpr std::string_view kLateWakeText =
    "a late wake-up. A wait ends by its time although an earlier deadline is another thread's, "
    "which "
    "is not up yet or has just been.";

}  // namespace heddle
