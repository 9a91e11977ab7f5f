#include "harness/search/minimize.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fuzz/shrink/shrink.h"
#include "harness/search/limit.h"

namespace heddle {
namespace {

using Clock = std::chrono::steady_clock;

// Of the switches of a run those that left a thread which could have gone on.
unsigned preemptions_of(const Trace& trace) {
  return static_cast<unsigned>(
      std::count_if(trace.events.begin(), trace.events.end(),
                    [](const Event& event) { return event.why == SwitchReason::preempted; }));
}

// An engine keeps of earlier accesses no more than their code address.
void add_callers(Failed& failure, const Trace& trace) {
  for (Place& place : failure.places) {
    if (!place.stack.empty() || place.op.pc == 0) continue;
    const auto event =
        std::find_if(trace.events.rbegin(), trace.events.rend(), [&place](const Event& other) {
          return other.thread == place.thread && other.op.pc == place.op.pc &&
                 other.op.address <= place.op.address && place.op.address < end_of(other.op);
        });
    if (event != trace.events.rend()) place.stack = event->stack;
  }
}

class Minimizer {
 public:
  Minimizer(Replayer& replayer, Job job, const Finding& finding, const MinimizeLimits& limits)
      : replayer_(replayer),
        job_(std::move(job)),
        finding_(finding),
        key_(failure_key(finding.failure)),
        limits_(limits),
        end_(Clock::now() + limits.max_time) {
    job_.engine = finding.token->engine;
    job_.relacy_state = finding.token->relacy_state;
    minimal_.token = *finding.token;
    minimal_.deviations_before = finding.token->schedule.deviations.size();
  }

  std::optional<MinimalInterleaving> run() {
    const bool fuzz = job_.engine == EngineKind::fuzz;
    // Some of the time is for what comes after.
    if (fuzz && !make_smaller(limits_.max_runs, limits_.max_time / 4 * 3)) return std::nullopt;
    // After the race it spins for millions of steps, of which the recorder would keep the last.
    if (finding_.failure.kind == FailureKind::data_race && gives_up()) {
      job_.trace_until = first_steps_of(job_).trace_until;
    }
    if (!record()) return std::nullopt;
    if (fuzz) settle();
    CauseLimits limits = limits_.cause;
    limits.max_time =
        std::min(limits.max_time, std::chrono::ceil<std::chrono::milliseconds>(
                                      std::max(end_ - Clock::now(), Clock::duration{})));
    minimal_.cause = find_cause(replayer_, job_, minimal_.failure, minimal_, limits);
    return std::move(minimal_);
  }

 private:
  // Shrinks the schedule of `minimal_`, if asked for to no more preemptions than it has; false if
  // it does not fail so.
  bool make_smaller(std::uint64_t max_runs, std::chrono::nanoseconds max_time,
                    std::optional<unsigned> most_preemptions = std::nullopt) {
    Job replay = job_;
    replay.record_trace = false;
    bool more_preemptions = false;
    const ShrinkResult shrunk = shrink(
        minimal_.token.schedule,
        [&](const Schedule& candidate) -> ShrinkVerdict {
          replay.schedule = candidate;
          auto run = replayer_.replay(replay);
          const auto* done = std::get_if<JobDone>(&run);
          if (done == nullptr) return false;
          bool fails = shows_failure(*done, key_);
          if (fails && most_preemptions.has_value()) {
            const std::optional<Recorded> recorded = record(candidate);
            fails = recorded.has_value() && preemptions_of(recorded->trace) <= *most_preemptions;
            more_preemptions |= !fails;
          }
          return {fails, done->schedule};
        },
        {.max_runs = max_runs, .max_time = max_time});
    minimal_.shrink_runs += shrunk.runs;
    if (!shrunk.reproduced) return false;
    minimal_.token.schedule = shrunk.schedule;
    minimal_.one_minimal = shrunk.one_minimal && !more_preemptions;
    return true;
  }

  bool gives_up() {
    Job replay = job_;
    replay.record_trace = false;
    replay.schedule = minimal_.token.schedule;
    const auto run = replayer_.replay(replay);
    const auto* done = std::get_if<JobDone>(&run);
    return done != nullptr && done->outcome.has_value() &&
           std::holds_alternative<GaveUp>(*done->outcome);
  }

  struct Recorded {
    Trace trace;
    Failed failure;
  };

  // A run of the schedule; nothing if it does not fail so.
  std::optional<Recorded> record(const Schedule& schedule) {
    Job replay = job_;
    replay.schedule = schedule;
    replay.record_trace = true;
    auto run = replayer_.replay(replay);
    auto* done = std::get_if<JobDone>(&run);
    if (done == nullptr) return std::nullopt;
    const Failed* failure = failure_with(*done, key_);
    if (failure == nullptr) return std::nullopt;
    Recorded recorded{.trace = std::move(done->trace), .failure = *failure};
    add_callers(recorded.failure, recorded.trace);
    return recorded;
  }

  void keep(Recorded recorded) {
    minimal_.trace = std::move(recorded.trace);
    minimal_.failure = std::move(recorded.failure);
    minimal_.preemptions = preemptions_of(minimal_.trace);
  }

  bool record() {
    std::optional<Recorded> recorded = record(minimal_.token.schedule);
    if (!recorded.has_value()) return false;
    keep(std::move(*recorded));
    return true;
  }

  // Tries all schedules with fewer preemptions, then goes to the first of those with as many.
  void settle() {
    while (minimal_.preemptions > 0) {
      const Explored below = explore(minimal_.preemptions - 1);
      minimal_.proof = MinimalityProof{.complete = below.complete,
                                       .schedules = below.grounds.exploration.executions,
                                       .failed = below.failed,
                                       .grounds = below.grounds,
                                       .claim = claim_of(below.grounds)};
      if (!below.failing.has_value()) break;
      // What fails with fewer takes the place of the one found; how many are below it is yet to be
      // counted.
      minimal_.proof.reset();
      const unsigned before = minimal_.preemptions;
      if (!take(*below.failing) || minimal_.preemptions >= before) return;
    }
    // Runs of this length take seconds to write down, and going over to another writes down many.
    constexpr std::size_t kLongestTrace = 20'000;
    if (minimal_.trace.events.size() > kLongestTrace) return;
    const bool least = minimal_.preemptions == 0 || minimal_.proof->complete;
    if (!least || minimal_.token.schedule.deviations.empty()) {
      minimal_.canonical = least;
      return;
    }
    const Explored first = explore(minimal_.preemptions);
    minimal_.canonical = first.failing.has_value() && take(*first.failing);
  }

  // Goes over to `schedule`, made smaller; false if it does not fail so with as few preemptions.
  bool take(const Schedule& schedule) {
    std::optional<Recorded> recorded = record(schedule);
    if (!recorded.has_value() || preemptions_of(recorded->trace) > minimal_.preemptions) {
      return false;
    }
    minimal_.token.schedule = schedule;
    keep(std::move(*recorded));
    minimal_.one_minimal = false;
    // Fewer or simpler deviations may have more preemptions.
    const MinimalInterleaving whole = minimal_;
    if (!make_smaller(limits_.max_runs / 10, end_ - Clock::now(), whole.preemptions) || !record()) {
      minimal_ = whole;
    }
    return true;
  }

  Explored explore(unsigned bound) {
    Job search = job_;
    search.strategy = "dfs:bound=" + std::to_string(bound);
    search.runs = limits_.max_explored;
    // What turns up is learned anew, so that nothing depends on what the search had seen before.
    search.racy_pcs.clear();
    // A loop that waits for ever is cut short: of such a program nothing can be proved this way.
    search.step_limit = std::min(search.step_limit, limits_.explored_step_limit);
    auto explored =
        replayer_.explore(search, key_, std::min(end_, Clock::now() + limits_.max_explore_time));
    auto* done = std::get_if<Explored>(&explored);
    return done != nullptr ? std::move(*done) : Explored{};
  }

  Replayer& replayer_;
  Job job_;
  const Finding& finding_;
  const std::uint64_t key_;
  const MinimizeLimits limits_;
  const Clock::time_point end_;
  MinimalInterleaving minimal_;
};

}  // namespace

std::optional<Failed> see_again(Replayer& replayer, Job job, const Finding& finding) {
  if (!finding.token.has_value()) return std::nullopt;
  job.engine = finding.token->engine;
  job.schedule = finding.token->schedule;
  job.relacy_state = finding.token->relacy_state;
  job.record_trace = true;
  const auto run = replayer.replay(std::move(job));
  const auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr) return std::nullopt;
  const Failed* failure = failure_with(*done, failure_key(finding.failure));
  if (failure == nullptr) return std::nullopt;
  Failed seen = *failure;
  add_callers(seen, done->trace);
  return seen;
}

std::optional<MinimalInterleaving> minimize(Replayer& replayer, const Job& job,
                                            const Finding& finding, const MinimizeLimits& limits) {
  if (!finding.token.has_value()) return std::nullopt;
  return Minimizer(replayer, job, finding, limits).run();
}

}  // namespace heddle
