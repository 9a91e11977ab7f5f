// What a search found out: values only, ready for any report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/model/claim.h"
#include "harness/model/coverage.h"
#include "harness/model/exploration.h"
#include "harness/model/features.h"
#include "harness/model/module.h"
#include "harness/model/outcome.h"
#include "harness/model/rate.h"
#include "harness/model/schedule.h"
#include "harness/model/trace.h"
#include "harness/search/claim_of.h"
#include "harness/search/instrumentation.h"

namespace heddle {

// What it shows that every schedule with fewer preemptions was tried. Switches are tried at all
// synchronisation and at plain accesses that race: elsewhere the order of two threads changes
// nothing that either could see (fuzz/strategy/dependency.h).
struct MinimalityProof {
  bool complete = false;        // there are no others, and none of them was cut short
  std::uint64_t schedules = 0;  // executed; none of them fails in this way
  std::uint64_t failed = 0;     // of these, in another way
  // Of the search through them: that none fails in this way. Among its bounds is that on
  // preemptions.
  ClaimGrounds grounds{};
  Claim claim{};
};

// What a failure is a case of. "Between" and "before" are as the failing run had it; for each, the
// run without it passes where Cause::passed says so.
enum class CausePattern : std::uint8_t {
  none,            // nothing below fits: only the order is known to decide
  data_race,       // two accesses that nothing orders. Steps: those
  lost_update,     // A reads x, B writes x, A writes x without another look. Steps: these three
  check_then_act,  // A reads x, B changes x, A goes on by what it read: it changes x by an atomic
                   // operation, reads x anew and finds another value, or does the next thing.
                   // Steps: these three
  atomicity_violation,  // A does two things, and B uses what they are done to between the two;
                        // before or after both, it may. Steps: A's first, B's, A's second
  order_violation,  // A uses x and B changes it later, though nothing made A wait. Steps: A's, B's
  use_before_initialization,  // likewise, and nobody had written x before. Steps: A's, B's
  use_after_free,             // A frees a block, B accesses it. Steps: A's, B's
  lost_wakeup,                // A notifies, B begins to wait for that after it. Steps: A's, B's
  lock_order_cycle,    // each of some threads holds what another one waits for, in a circle. Steps:
                       // two for each thread: where it took the one, where it waits for the other
  unsafe_publication,  // A writes x, then y; B reads y as A left it, then uses x; and nothing
                       // orders the two uses of x. Steps: these four
  self_deadlock,       // A locks what it holds. Steps: where it took it, where it wants it again
  wait_without_loop,   // A's wait ended without a notification, and A went on though what it had
                       // looked at was as before. Steps: the wait, its end. Or with one, but C
                       // changed that back, or took the only element of a container, before A had
                       // the mutex: the wait, the notification, C's change, the end; without C, all
                       // was so when it began to wait: the wait, the notification, the end
  timed_out_wait,      // A's wait ended by its time, and A went on. Steps: the wait, its end
  flag_outside_mutex,  // A looks at x, B changes x without the mutex that A holds, and notifies
                       // before A waits. Steps: A's look, B's change, B's notification, A's wait
  aba,  // A loads x, B changes x and changes it back, A's compare-exchange finds x as
        // it was. Steps: A's load, B's two, A's compare-exchange
  flag_under_another_mutex,  // as flag_outside_mutex, but B holds a mutex of its own. Steps: those
                             // four, and where B took that
  notify_before_change,      // B notifies, and changes what A looks at only then. Steps: A's look,
                             // B's notification, B's change, A's wait
  hold_and_wait,     // A holds a lock and waits for what B would do, and B waits for the lock.
                     // Steps: where A took it, A's wait, B's
  one_notification,  // A notifies one of several who wait, and nobody notifies again. Steps: A's,
                     // the wait of one that goes on; that of the one that was woken, if it waits
                     // again
  use_after_return,  // A uses a variable of a call that has returned. Steps: A's
  nested_read_lock,  // A has a lock for reading and wants it so once more, behind B, which wants it
                     // for writing. Steps: where A took it, where it wants it again, B's
  permit_kept,  // A takes one of a semaphore's, as others do that give it back, and ends without
                // that; B waits for one. Steps: A's, B's
};

std::string_view to_string(CausePattern pattern);  // "lost update", as reports print it

struct Cause {
  CausePattern pattern = CausePattern::none;
  std::vector<Event> steps;  // what makes the pattern, in the order that it says
  // The two operations whose order decides. The second may not have come to happen. Of
  // waits that end without a notification only the first: the end of the wait, without which the
  // run was made again.
  std::optional<Event> first{};
  std::optional<Event> second{};
  std::uint64_t checked = 0;          // runs with the second before the first
  std::optional<Schedule> swapped{};  // of the first of them
  std::uint64_t passed = 0;           // of these: those that ended well, without this failure
  // Likewise, with one preemption more after the two.
  std::uint64_t more_checked = 0;
  std::uint64_t more_passed = 0;
  bool clean = false;  // and without any other
};

// A failing interleaving made as small as shrinking could make it.
struct MinimalInterleaving {
  Token token;
  Trace trace;
  // Less is, in this order: decisions of the world outside the program other than the default
  // (is_outside(), model/decision.h), preemptions, deviations.
  unsigned outside_choices = 0;
  unsigned preemptions = 0;  // switches away from a thread that could have gone on
  bool one_minimal = false;  // checked: without any one deviation the run does not fail so
  std::uint64_t deviations_before = 0;             // in the schedule as it was found
  std::uint64_t shrink_runs = 0;                   // runs that the shrinking took
  std::optional<MinimalityProof> choices_proof{};  // if there are such choices
  std::optional<MinimalityProof> proof{};          // if there are preemptions: with no more choices
  // None with as few choices and preemptions has fewer deviations.
  bool fewest_deviations = false;
  // The first to fail so of all the least: whatever run the search began with, it ends here.
  bool canonical = false;
  std::optional<Cause> cause{};
  Failed failure{};  // as this run has it: addresses of others are not its own
};

// What fuzz has to say of a failure that was seen on real threads.
// Two places that ThreadSanitizer takes for a race, and that fuzz has seen in an order that
// something makes, in each run that came to both.
struct OrderedPlaces {
  std::uint64_t runs = 0;  // that came to both
  Place by{};  // in the first of them: where the later thread came to know of the earlier
};

struct Hunt {
  std::uint64_t runs = 0;         // of the hunt, until it was found
  std::string strategy;           // that found it; if none did, those that were tried
  std::optional<Failed> found{};  // as fuzz has it
  bool by_search = false;  // the search with fuzz itself has found it: no runs were made for it
  std::optional<Token> token{};
  std::optional<MinimalInterleaving> minimal{};  // once for failures that are the same to fuzz
  std::optional<std::string> error{};            // why fuzz cannot run the program
  std::optional<OrderedPlaces> ordered{};        // of what it has not found
};

// Runs, or failures, by where their process came to them.
struct ProcessRuns {
  std::uint64_t first = 0;  // what a process began with
  std::uint64_t later = 0;  // after others

  friend bool operator==(const ProcessRuns&, const ProcessRuns&) = default;
};

// What fresh processes say of a failure.
enum class FreshProcess : std::uint8_t {
  shown,      // it comes in them too: it is the program's
  not_yet,    // real threads: not in those so far, which were too few to say that it stays away
  not_tried,  // there was no token, or there were too many failures
};

// A distinct way to fail, and how often it was seen.
struct Finding {
  Failed failure;
  std::uint64_t count = 0;
  std::uint64_t first_run = 0;
  std::optional<Token> token;  // of the first run seen, or of the minimal interleaving
  std::optional<MinimalInterleaving> minimal;
  std::optional<Hunt> hunt{};  // of stress and tsan
  FreshProcess fresh = FreshProcess::shown;
};

// A failure that processes of many runs have and fresh ones have not, or the other way round.
struct ProcessFailure {
  Failed failure;
  std::uint64_t count = 0;  // of the runs that shared a process, and of first ones among them
  // Real threads: of how many it came in how many. Else one run of it was repeated.
  ProcessRuns failed{};
  ProcessRuns runs{};
};

// Runs that share a process are not what they would be in fresh ones. That is Heddle's own fault,
// and nothing of it counts as the program's.
struct NotAsFresh {
  std::vector<ProcessFailure> failures;
  std::optional<Divergence> divergence{};  // of a run in a process of many from that in a fresh one
  // The runs that count were made afterwards and had a process each.
  bool own_processes = false;
};

// Of a search that goes on from where others ended: what those before it have shown.
struct EarlierParts {
  std::uint64_t failed = 0;  // runs
  std::uint64_t failed_late = 0;
  Features features{};
  bool repeatable = true;

  friend bool operator==(const EarlierParts&, const EarlierParts&) = default;
};

// The order in which findings are told. First the ways in which the program itself fails, then
// races and lock orders, which a run shows on its way: a race in every run would hide the assertion
// that it leads to in few. Of each kind the most frequent first, then that of the earliest run.
// Last what needs a late wake-up.
bool comes_before(const Finding& a, const Finding& b);

// Runs that had a process each, though one was to serve many, since an earlier one had left
// something behind.
struct OwnProcesses {
  std::string left_behind;  // what that is: "the session or the process group, by setsid()"
  std::uint64_t runs = 0;
  double seconds = 0;  // that they took, of all workers together; 0 if that is not known
};

// How the runs of a job differ from each other, in the words of a report: the strategy, the delay
// plan, Relacy's search.
std::string method_of(const Job& job);

struct EngineResult {
  EngineKind engine = EngineKind::fuzz;
  std::string method;  // see method_of()
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t failed_late = 0;  // not among `failed`: they need a late wake-up (Failed)
  std::uint64_t gave_up = 0;
  std::uint64_t redundant = 0;  // runs given up by an exhaustive search, not among `runs`
  std::optional<std::uint64_t> first_failure;  // how many runs it took, from 1
  // Of these runs, those of auto's exhaustive search: they are chosen, so no rate comes of them.
  std::uint64_t explored = 0;
  std::uint64_t explored_failed = 0;
  double seconds = 0;      // wall clock, without building up and shrinking
  bool exhausted = false;  // nothing is left to run; what that proves, `claim` says
  std::optional<Exploration> exploration{};  // of exhaustive strategies
  std::optional<Coverage> coverage{};        // of fuzz
  std::optional<std::string> error;  // Heddle's own failure, or why this engine could not be used
  // Workers that somebody killed, or the system for want of memory: the run under way was made
  // anew.
  std::uint64_t lost_workers = 0;
  bool known_well = false;        // fewer runs than asked for: each costs much, and all fails alike
  bool out_of_budget = false;     // likewise: SearchOptions::budget ended it
  bool one_thread = false;        // the error: no run ever had a second thread
  std::optional<GaveUp> limit{};  // of the first run that gave up
  std::optional<Token> limit_token{};               // fuzz: a run that gives up so
  std::optional<std::uint64_t> limit_step_limit{};  // with this limit, if not the usual one
  std::optional<OwnProcesses> own_processes{};
  std::optional<NotAsFresh> not_as_fresh{};
  std::optional<ProcessRuns> process_runs{};  // stress and tsan, of `runs`
  std::optional<Divergence> divergence{};     // why tokens of this program may not replay
  // In the order of comes_before().
  std::vector<Finding> findings;
  std::uint32_t preemption_bound = Exploration::kNoBound;  // relacy: in a run
  Features features{};
  EarlierParts earlier{};
  Claim claim{};                      // decided by claim_of() alone
  Instrumentation instrumentation{};  // once a worker has started

  Rate rate() const { return {failed - explored_failed, runs - explored}; }
};

// What all parts of the search have shown, this one being the last.
EarlierParts earlier_with(const EngineResult& result);

struct CaseResult {
  std::string name;
  std::string program;  // path
  std::vector<std::string> args;
  std::string input;            // file that was standard input, or empty
  bool google_test = false;     // one test of the many in the program
  bool skipped = false;         // it never starts a second thread; then it has no engines
  bool any_rwlock = false;      // Job::any_rwlock; replays need it too
  bool free_deadlines = false;  // Job::free_deadlines, likewise
  std::uint64_t memory = 0;     // Job::memory
  bool chosen_memory = false;   // and not as much as there is
  std::uint64_t seed = 1;
  std::vector<Module> modules;  // to find source lines
  std::vector<EngineResult> engines;
  bool interrupted = false;
};

}  // namespace heddle
