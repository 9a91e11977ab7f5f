#include "harness/search/minimize.h"

#include <algorithm>
#include <compare>
#include <string>
#include <utility>

#include "fuzz/relacy_search.h"
#include "fuzz/shrink/shrink.h"
#include "fuzz/strategy/dfs.h"
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
    if (fuzz) {
      settle();
    } else if (job_.engine == EngineKind::relacy) {
      settle_relacy();
    }
    CauseLimits limits = limits_.cause;
    limits.max_time =
        std::min(limits.max_time, std::chrono::ceil<std::chrono::milliseconds>(
                                      std::max(end_ - Clock::now(), Clock::duration{})));
    minimal_.cause = find_cause(replayer_, job_, minimal_.failure, minimal_, limits);
    return std::move(minimal_);
  }

 private:
  // What of a run there is to be less of, the first first.
  struct Size {
    unsigned outside_choices = 0;
    unsigned preemptions = 0;

    friend auto operator<=>(const Size&, const Size&) = default;
  };

  Size size() const { return {minimal_.outside_choices, minimal_.preemptions}; }

  // Shrinks the schedule of `minimal_`, if asked for to one that is no more than `most`; false if
  // it does not fail so.
  bool make_smaller(std::uint64_t max_runs, std::chrono::nanoseconds max_time,
                    std::optional<Size> most = std::nullopt) {
    Job replay = job_;
    replay.record_trace = false;
    bool was_more = false;
    const ShrinkResult shrunk = shrink(minimal_.token.schedule,
                                       [&](const Schedule& candidate) -> ShrinkVerdict {
                                         replay.schedule = candidate;
                                         auto run = replayer_.replay(replay);
                                         const auto* done = std::get_if<JobDone>(&run);
                                         if (done == nullptr) return false;
                                         bool fails = shows_failure(*done, key_);
                                         if (fails && most.has_value()) {
                                           const std::optional<Recorded> traced = record(candidate);
                                           fails = traced.has_value() && size_of(*traced) <= *most;
                                           was_more |= !fails;
                                         }
                                         return {fails, done->schedule};
                                       },
                                       {.max_runs = max_runs, .max_time = max_time});
    minimal_.shrink_runs += shrunk.runs;
    if (!shrunk.reproduced) return false;
    minimal_.token.schedule = shrunk.schedule;
    minimal_.one_minimal = shrunk.one_minimal && !was_more;
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
    unsigned outside_choices = 0;
  };

  static Size size_of(const Recorded& run) {
    return {run.outside_choices, preemptions_of(run.trace)};
  }

  // A run of the schedule, with its trace; nothing if it does not fail so.
  std::optional<Recorded> record(const Schedule& schedule) {
    Job replay = job_;
    replay.schedule = schedule;
    replay.record_trace = true;
    auto run = replayer_.replay(replay);
    auto* done = std::get_if<JobDone>(&run);
    if (done == nullptr) return std::nullopt;
    const Failed* failure = failure_with(*done, key_);
    if (failure == nullptr) return std::nullopt;
    Recorded recorded{.trace = std::move(done->trace),
                      .failure = *failure,
                      .outside_choices = done->outside_choices};
    add_callers(recorded.failure, recorded.trace);
    return recorded;
  }

  void keep(Recorded recorded) {
    const Size size = size_of(recorded);
    minimal_.outside_choices = size.outside_choices;
    minimal_.preemptions = size.preemptions;
    minimal_.trace = std::move(recorded.trace);
    minimal_.failure = std::move(recorded.failure);
  }

  bool record() {
    std::optional<Recorded> recorded = record(minimal_.token.schedule);
    if (!recorded.has_value()) return false;
    keep(*std::move(recorded));
    return true;
  }

  // One thing after the other: tries all schedules that have less of it and no more of what comes
  // before. At the end goes to the first of the least.
  void settle() {
    while (minimal_.outside_choices > 0) {
      const Explored below = explore(DfsOptions{.choices = minimal_.outside_choices - 1});
      minimal_.choices_proof = proof_of(below);
      if (!below.failing.has_value()) break;
      // What fails with fewer takes the place of the one found; how many are below it is yet to be
      // counted.
      minimal_.choices_proof.reset();
      if (!go_below(*below.failing)) break;
    }
    while (minimal_.preemptions > 0) {
      const Explored below = explore(
          DfsOptions{.bound = minimal_.preemptions - 1, .choices = minimal_.outside_choices});
      minimal_.proof = proof_of(below);
      if (!below.failing.has_value()) break;
      minimal_.proof.reset();
      // The search does not count a switch away from a loop that waits.
      if (!go_below(*below.failing)) break;
    }
    // Runs of this length take seconds to write down, and going over to another writes down many.
    constexpr std::size_t kLongestTrace = 20'000;
    if (minimal_.trace.events.size() > kLongestTrace) return;
    const auto is_complete = [](const std::optional<MinimalityProof>& proof) {
      return proof.has_value() && proof->complete;
    };
    const bool least = (minimal_.outside_choices == 0 || is_complete(minimal_.choices_proof)) &&
                       (minimal_.preemptions == 0 || is_complete(minimal_.proof));
    const auto& deviations = minimal_.token.schedule.deviations;
    DfsOptions as_small = {.bound = minimal_.preemptions, .choices = minimal_.outside_choices};
    while (!deviations.empty()) {
      as_small.deviations = static_cast<std::uint32_t>(deviations.size()) - 1;
      const Explored below = explore(as_small);
      minimal_.fewest_deviations = below.complete;
      if (!below.failing.has_value()) break;
      const std::size_t before = deviations.size();
      if (!take(*below.failing) || deviations.size() >= before) return;
    }
    minimal_.fewest_deviations |= deviations.empty();
    if (deviations.empty() || !least) {
      minimal_.canonical = least && minimal_.fewest_deviations;
      return;
    }
    as_small.deviations = static_cast<std::uint32_t>(deviations.size());
    const Explored first = explore(as_small);
    minimal_.canonical =
        first.failing.has_value() && take(*first.failing) && minimal_.fewest_deviations;
  }

  // Goes to the first that Relacy's searches by depth find, those with fewer choices of the outside
  // world before others, and of these those with fewer preemptions: at each point they try first
  // what is the default.
  void settle_relacy() {
    const Size found = size();
    constexpr unsigned kAtLeast = 2;  // preemptions, where that may save a choice
    const unsigned most = std::max(found.preemptions, kAtLeast);
    bool all_below = true;
    for (unsigned choices = 0; choices <= found.outside_choices; ++choices) {
      std::optional<MinimalityProof> fewer_preemptions;
      for (unsigned bound = 0; bound <= most; ++bound) {
        const Explored explored =
            explore(RelacySearch{.random = false, .bound = bound, .choices = choices});
        if (!explored.failing.has_value()) {
          all_below &= explored.complete;
          fewer_preemptions = proof_of(explored);
          continue;
        }
        job_.relacy_state = explored.failing_state;
        std::optional<Recorded> run = record({});
        if (!run.has_value() || size_of(*run) > found) {
          job_.relacy_state = minimal_.token.relacy_state;
          return;
        }
        minimal_.token.relacy_state = explored.failing_state;
        keep(*std::move(run));
        if (minimal_.preemptions == bound) minimal_.proof = std::move(fewer_preemptions);
        if (choices > 0) {
          minimal_.choices_proof =
              proof_of(explore(RelacySearch{.random = false, .choices = choices - 1}));
        }
        minimal_.canonical = all_below && (choices == 0 || minimal_.choices_proof->complete);
        return;
      }
    }
  }

  static MinimalityProof proof_of(const Explored& below) {
    return {.complete = below.complete,
            .schedules = below.grounds.exploration.executions,
            .failed = below.failed,
            .grounds = below.grounds,
            .claim = claim_of(below.grounds)};
  }

  // take(), to a schedule that is less; false if it is not.
  bool go_below(const Schedule& schedule) {
    const Size before = size();
    return take(schedule) && size() < before;
  }

  // Goes over to `schedule`, made smaller; false if it does not fail so or is more.
  bool take(const Schedule& schedule) {
    std::optional<Recorded> recorded = record(schedule);
    if (!recorded.has_value() || size_of(*recorded) > size()) return false;
    minimal_.token.schedule = schedule;
    keep(*std::move(recorded));
    minimal_.one_minimal = false;
    // Fewer or simpler deviations may have more preemptions.
    const MinimalInterleaving whole = minimal_;
    if (!make_smaller(limits_.max_runs / 10, end_ - Clock::now(), size()) || !record()) {
      minimal_ = whole;
    }
    return true;
  }

  Explored explore(const DfsOptions& options) {
    Job search = job_;
    search.strategy = "dfs";
    char separator = ':';
    const auto add = [&](const char* name, std::uint32_t bound) {
      if (bound == DfsOptions::kNoBound) return;
      search.strategy += separator + (name + ('=' + std::to_string(bound)));
      separator = ',';
    };
    add("bound", options.bound);
    add("choices", options.choices);
    add("deviations", options.deviations);
    return explore(std::move(search));
  }

  Explored explore(const RelacySearch& options) {
    Job search = job_;
    search.relacy_search = to_text(options);
    search.relacy_state.clear();
    return explore(std::move(search));
  }

  Explored explore(Job search) {
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
