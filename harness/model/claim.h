// What may be claimed of a search through a program's interleavings. Closed types: a report asks
// which one it has and puts that into words, and nobody else decides what is proved.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "harness/model/schedule.h"

namespace heddle {

// ---- within what something is proved
// -------------------------------------------------------------

// No run has more preemptions.
struct PreemptionBound {
  std::uint32_t preemptions = 0;

  friend bool operator==(const PreemptionBound&, const PreemptionBound&) = default;
};

// No run has more decisions of the world outside the program other than the default: wake-ups
// without a notification, times that are up early, compare-exchanges that fail without cause.
struct OutsideChoiceBound {
  std::uint32_t choices = 0;

  friend bool operator==(const OutsideChoiceBound&, const OutsideChoiceBound&) = default;
};

// No run has more decisions other than the default, of whatever kind.
struct DeviationBound {
  std::uint32_t deviations = 0;

  friend bool operator==(const DeviationBound&, const DeviationBound&) = default;
};

// Waits that return without a notification: so many in each thread, of more that there could be.
struct SpuriousWakeBound {
  std::uint32_t per_thread = 0;

  friend bool operator==(const SpuriousWakeBound&, const SpuriousWakeBound&) = default;
};

// Weak compare-exchanges that fail without cause: likewise.
struct WeakFailureBound {
  std::uint32_t per_thread = 0;

  friend bool operator==(const WeakFailureBound&, const WeakFailureBound&) = default;
};

// Timed waits whose time is up although another thread could go on: so many in a thread, of more
// that there could be.
struct EarlyTimeoutBound {
  std::uint32_t per_thread = 0;

  friend bool operator==(const EarlyTimeoutBound&, const EarlyTimeoutBound&) = default;
};

// No wait ends by its time before an earlier deadline of another thread: see Failed::late_wake.
struct DeadlinesInOrder {
  friend bool operator==(const DeadlinesInOrder&, const DeadlinesInOrder&) = default;
};

// Each thread's clock goes on by itself and by those of the threads that it synchronises with: two
// that look at it without that are not put in each order of what they see.
struct OwnClocks {
  friend bool operator==(const OwnClocks&, const OwnClocks&) = default;
};

// Each load sees the latest store, though the program's memory orders allow more.
struct SequentialConsistency {
  friend bool operator==(const SequentialConsistency&, const SequentialConsistency&) = default;
};

// What Relacy knows of C++: no load sees a store that comes later (load buffering), a load sees one
// of the last `stores` of an atomic, a thread's own later stores go on with its release sequence
// (as C++11 had it, [intro.races]; C++20 ends it there), and objects on stacks live for ever.
struct RelacyModel {
  std::uint32_t stores = 3;

  friend bool operator==(const RelacyModel&, const RelacyModel&) = default;
};

// What Relacy's searches by depth do once where it could happen more often: a weak compare-exchange
// of an atomic fails without cause, a wait ends without a notification.
struct RelacyChoices {
  bool weak_exchanges = false;
  bool spurious_wakes = false;

  friend bool operator==(const RelacyChoices&, const RelacyChoices&) = default;
};

// A thread that yields or sleeps goes on after others have.
struct RelacyYields {
  friend bool operator==(const RelacyYields&, const RelacyYields&) = default;
};

// Compare-exchanges of which the compiler does not say whether they are weak do not fail without
// cause.
struct StrongExchanges {
  friend bool operator==(const StrongExchanges&, const StrongExchanges&) = default;
};

// Threads share local variables, and clang instruments no access of a function to a part of one of
// its own unless the part's own address is handed on: those are taken to be ordered.
struct PartsOfLocals {
  friend bool operator==(const PartsOfLocals&, const PartsOfLocals&) = default;
};

using ClaimBound = std::variant<PreemptionBound, OutsideChoiceBound, DeviationBound,
                                SpuriousWakeBound, WeakFailureBound, EarlyTimeoutBound,
                                DeadlinesInOrder, OwnClocks, SequentialConsistency, RelacyModel,
                                RelacyChoices, RelacyYields, StrongExchanges, PartsOfLocals>;

// ---- why a search that came to its end without a failure proves nothing
// --------------------------

// Code that ran and whose accesses no engine sees. No names: nothing of the program is
// instrumented.
struct NotInstrumented {
  std::vector<std::string> names;  // of source files or modules

  friend bool operator==(const NotInstrumented&, const NotInstrumented&) = default;
};

// Calls into the system's libraries of which no engine knows what they share between threads. At
// least one.
struct CallsNotModelled {
  std::vector<std::string> functions;  // "mprotect()"

  friend bool operator==(const CallsNotModelled&, const CallsNotModelled&) = default;
};

// They ended at a limit, and nobody knows how they would have gone on.
struct RunsGaveUp {
  std::uint64_t runs = 0;

  friend bool operator==(const RunsGaveUp&, const RunsGaveUp&) = default;
};

// Loops that wait were followed for some rounds only, and more could have made a difference.
struct LoopsCutShort {
  friend bool operator==(const LoopsCutShort&, const LoopsCutShort&) = default;
};

// The reduction takes a compare-exchange for what it did in one run, and may so leave out
// interleavings in which it does something else.
struct ReducedCompareExchange {
  friend bool operator==(const ReducedCompareExchange&, const ReducedCompareExchange&) = default;
};

// A thread was interrupted in a loop of code that is not instrumented, at one of its instructions:
// which, no schedule says.
struct InterruptedUnseen {
  friend bool operator==(const InterruptedUnseen&, const InterruptedUnseen&) = default;
};

// Two runs of one schedule differed: what was run once is not all that the schedule can do.
struct NotRepeatable {
  friend bool operator==(const NotRepeatable&, const NotRepeatable&) = default;
};

// Runs that shared a process were not what they are in fresh ones: what was seen of them says
// nothing of the program.
struct NotAsInFreshProcess {
  friend bool operator==(const NotAsInFreshProcess&, const NotAsInFreshProcess&) = default;
};

// Another engine has seen the program fail, in a way that the bounds leave no room for.
struct FailedElsewhere {
  std::vector<EngineKind> engines;

  friend bool operator==(const FailedElsewhere&, const FailedElsewhere&) = default;
};

// Some fail, but only with a late wake-up: see Failed::late_wake.
struct LateWakeUps {
  std::uint64_t runs = 0;

  friend bool operator==(const LateWakeUps&, const LateWakeUps&) = default;
};

using NotProvedReason = std::variant<NotInstrumented, CallsNotModelled, RunsGaveUp, LoopsCutShort,
                                     ReducedCompareExchange, InterruptedUnseen, NotRepeatable,
                                     NotAsInFreshProcess, FailedElsewhere, LateWakeUps>;

// ---- the claim
// -----------------------------------------------------------------------------------

// There is nothing to claim.
struct NothingClaimed {
  enum class Why : std::uint8_t {
    not_ended,  // the search has left something out, or never meant to try everything
    failed,     // a run failed
    error,      // Heddle's own
  };
  Why why = Why::not_ended;

  friend bool operator==(const NothingClaimed&, const NothingClaimed&) = default;
};

// No interleaving fails.
struct Proved {
  std::uint64_t interleavings = 0;
  std::vector<std::string> assumed{};  // "gtest shares nothing between threads"

  friend bool operator==(const Proved&, const Proved&) = default;
};

// No interleaving within these bounds fails. There is at least one bound.
struct ProvedWithin {
  std::uint64_t interleavings = 0;  // 0: nobody knows how many
  std::vector<ClaimBound> bounds;
  std::vector<std::string> assumed{};

  friend bool operator==(const ProvedWithin&, const ProvedWithin&) = default;
};

// The search came to its end, and none of its interleavings failed; yet there may be others. There
// is at least one reason.
struct NotProved {
  std::uint64_t interleavings = 0;
  std::vector<NotProvedReason> reasons;

  friend bool operator==(const NotProved&, const NotProved&) = default;
};

using Claim = std::variant<NothingClaimed, Proved, ProvedWithin, NotProved>;

// Whether something is proved, within bounds or without.
bool is_proof(const Claim& claim);

// Empty where nothing is proved, or everything.
std::vector<ClaimBound> bounds_of(const Claim& claim);

// Empty where nothing is proved, or nothing was assumed.
std::vector<std::string> assumptions_of(const Claim& claim);

}  // namespace heddle
