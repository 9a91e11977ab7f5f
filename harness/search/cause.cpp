#include "harness/search/cause.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "harness/search/cause_pattern.h"
#include "harness/search/stuck_pattern.h"
#include "harness/search/wait_pattern.h"

namespace heddle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kNone = ~std::size_t{0};

// Longer runs are not taken apart: each of their swaps would take too long.
constexpr std::size_t kLongestTrace = 20'000;

// An event as another order of the run would show it: the n-th time that the thread is there.
struct Occurrence {
  ThreadId thread = kNoThread;
  OpKind kind = OpKind::none;
  Address pc = 0;
  std::size_t number = 0;
};

// Whether an operation succeeded depends on the order.
OpKind as_tried(OpKind kind) {
  if (kind == OpKind::atomic_cas_fail) return OpKind::atomic_rmw;
  if (kind == OpKind::mutex_trylock_fail) return OpKind::mutex_lock;
  return kind;
}

bool is_at(const Event& event, const Occurrence& place) {
  return event.thread == place.thread && event.op.pc == place.pc &&
         as_tried(event.op.kind) == place.kind;
}

Occurrence occurrence_of(const std::vector<Event>& events, std::size_t at) {
  Occurrence place{
      .thread = events[at].thread, .kind = as_tried(events[at].op.kind), .pc = events[at].op.pc};
  for (std::size_t i = 0; i <= at; ++i) place.number += is_at(events[i], place) ? 1 : 0;
  return place;
}

std::size_t find(const std::vector<Event>& events, const Occurrence& place) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (is_at(events[i], place) && ++seen == place.number) return i;
  }
  return kNone;
}

class CauseFinder {
 public:
  CauseFinder(Replayer& replayer, Job job, const Failed& failure,
              const MinimalInterleaving& minimal, const CauseLimits& limits)
      : replayer_(replayer),
        job_(std::move(job)),
        failure_(failure),
        key_(failure_key(failure)),
        limits_(limits),
        deviations_(minimal.token.schedule.deviations),
        end_(Clock::now() + limits.max_time) {
    job_.engine = EngineKind::fuzz;
    job_.record_trace = true;
    job_.trace_all_stacks = false;
    job_.step_limit = std::min(job_.step_limit, limits.step_limit);
    story_.events = minimal.trace.events;
    story_.happened = story_.events.size();
  }

  std::optional<Cause> run() {
    if (failure_.kind == FailureKind::data_race) {
      std::optional<Cause> cause = explain_race(story_, failure_);
      if (cause.has_value() && cause->first.has_value()) check_publication(*cause);
      return cause;
    }
    if (auto cause = explain_self_deadlock(story_, failure_)) return cause;
    std::optional<Cause> odd = check_odd_wait();
    if (odd.has_value() && odd->pattern == CausePattern::wait_without_loop) return odd;
    add_waits();
    add_untaken();
    std::optional<Cause> best;
    for (const EventPair& pair : candidates(story_, failure_)) {
      if (out_of_budget()) break;
      const std::optional<Swapped> swapped = swap(pair);
      if (!swapped.has_value()) continue;
      Cause cause = explain(story_, failure_, pair, Ahead::unknown);
      if (cause.pattern == CausePattern::none) {
        cause = explain(story_, failure_, pair, runs_ahead(pair));
      }
      refine(story_, cause);
      if (best.has_value() && cause.pattern == CausePattern::none) continue;
      check(pair, *swapped, cause);
      // Where the rest of the run decides as well, no more can be said of the two.
      if (cause.passed != cause.checked) cause.pattern = CausePattern::none;
      const bool good = cause.pattern != CausePattern::none;
      if (good || !best.has_value()) best = std::move(cause);
      if (good) break;
    }
    // The order of two accesses is what the wait was to make sure of.
    if (odd.has_value() && (!best.has_value() || best->pattern == CausePattern::none ||
                            best->pattern == CausePattern::order_violation ||
                            best->pattern == CausePattern::use_before_initialization)) {
      return odd;
    }
    if (best.has_value()) name_wait(*best);
    if (!best.has_value() || best->pattern == CausePattern::none) tell_failure(best);
    return best;
  }

 private:
  // What the failure alone tells; the proof of an order is kept.
  void tell_failure(std::optional<Cause>& cause) const {
    std::optional<Cause> told = explain_failure(story_, failure_);
    if (!told.has_value()) told = explain_stuck(story_, failure_);
    if (!told.has_value()) return;
    if (!cause.has_value()) cause.emplace();
    cause->pattern = told->pattern;
    cause->steps = std::move(told->steps);
  }

  // Where several wait without a loop, any of them can be the slower one, and whichever comes
  // second fails. What decides then is whether the others' next change comes before the woken
  // thread's use, which nothing but a second look could have made sure of.
  void name_wait(Cause& cause) const {
    if (!notified_.has_value() || !cause.first.has_value()) return;
    switch (cause.pattern) {
      case CausePattern::none:
      case CausePattern::check_then_act:
      case CausePattern::atomicity_violation:
      case CausePattern::order_violation:
      case CausePattern::use_before_initialization:
        break;
      default:
        return;
    }
    const Event& use = *cause.first;
    const Event& woken = story_.events[notified_->end];
    if (use.thread != woken.thread || use.step <= woken.step || !is_memory_access(use.op.kind)) {
      return;
    }
    cause.pattern = CausePattern::wait_without_loop;
    cause.steps = notified_->cause.steps;
  }

  struct Swapped {
    std::vector<Deviation> deviations;
    JobDone run;
  };

  bool out_of_budget() const { return runs_ >= limits_.max_runs || Clock::now() >= end_; }

  std::optional<JobDone> replay(const std::vector<Deviation>& deviations) {
    ++runs_;
    job_.schedule.deviations = deviations;
    auto run = replayer_.replay(job_);
    auto* done = std::get_if<JobDone>(&run);
    if (done == nullptr) return std::nullopt;
    return std::move(*done);
  }

  bool passes(const JobDone& run) const {
    return run.outcome.has_value() && std::holds_alternative<Passed>(*run.outcome) &&
           !shows_failure(run, key_);
  }

  // A wait that ended oddly is the cause if the run passes without that.
  std::optional<Cause> check_odd_wait() {
    auto odd = find_odd_wait(story_, failure_);
    if (!odd.has_value()) return std::nullopt;
    if (odd->notified) notified_ = odd;
    if (odd->overtaken_by.has_value()) {
      const EventPair pair{.first = *odd->overtaken_by, .second = odd->end};
      const std::optional<Swapped> swapped = swap(pair);
      if (!swapped.has_value()) return std::nullopt;
      odd->cause.first = story_.events[pair.first];
      odd->cause.second = story_.events[pair.second];
      check(pair, *swapped, odd->cause);
      if (odd->cause.passed != odd->cause.checked) return std::nullopt;
      return odd->cause;
    }
    const Event& wait = story_.events[odd->wait];
    const Event& end = story_.events[odd->end];
    for (std::size_t i = 0; i < deviations_.size() && !out_of_budget(); ++i) {
      const Deviation& deviation = deviations_[i];
      if (deviation.thread != wait.thread || deviation.step < wait.step ||
          deviation.step > end.step) {
        continue;
      }
      std::vector<Deviation> others = deviations_;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      const std::optional<JobDone> run = replay(others);
      if (!run.has_value() || !passes(*run)) continue;
      odd->cause.first = end;
      odd->cause.checked = odd->cause.passed = 1;
      odd->cause.clean = run->reports.empty();
      return odd->cause;
    }
    return std::nullopt;
  }

  // What stuck threads wait for. A wait for a notification is a step of its own, and so is an
  // access to freed memory: those have happened.
  void add_waits() {
    std::set<ThreadId> told;
    for (const Place& place : failure_.places) {
      if (place.op.kind == OpKind::failure || place.op.kind == OpKind::none) continue;
      // Behind its first place stands what others wait for it to do.
      if (!told.insert(place.thread).second) continue;
      const bool happened =
          place.op.kind != OpKind::mutex_lock &&
          std::any_of(story_.events.begin(), story_.events.end(), [&](const Event& event) {
            return event.thread == place.thread && event.op.kind == place.op.kind &&
                   event.op.pc == place.op.pc && event.op.address == place.op.address;
          });
      if (happened) continue;
      Event wait;
      wait.thread = place.thread;
      wait.op = place.op;
      wait.stack = place.stack;
      story_.events.push_back(std::move(wait));
    }
  }

  // What threads that had not come to their end did in runs that pass: those without one of the
  // deviations, and those in which such a thread goes first.
  void add_untaken() {
    std::set<ThreadId> unfinished;
    for (std::size_t i = 0; i < story_.happened; ++i) {
      unfinished.insert(story_.events[i].thread);
      if (story_.events[i].op.kind == OpKind::thread_create) {
        unfinished.insert(story_.events[i].op.other);
      }
    }
    for (std::size_t i = 0; i < story_.happened; ++i) {
      if (story_.events[i].op.kind == OpKind::thread_exit)
        unfinished.erase(story_.events[i].thread);
    }
    for (std::size_t i = story_.happened; i < story_.events.size(); ++i) {
      unfinished.erase(story_.events[i].thread);
    }
    constexpr std::size_t kMostRuns = 6;
    for (std::size_t i = 0; i < deviations_.size() && i < kMostRuns && !out_of_budget(); ++i) {
      std::vector<Deviation> others = deviations_;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      add_untaken_of(unfinished, others);
    }
    for (const ThreadId thread : std::set<ThreadId>(unfinished)) {
      if (out_of_budget()) break;
      const std::size_t chance = first_chance(thread);
      if (chance == kNone) continue;
      add_untaken_of(unfinished, with_thread_before(chance, thread));
    }
  }

  // The first event before which the thread could have gone.
  std::size_t first_chance(ThreadId thread) const {
    for (std::size_t i = 0; i + 1 < story_.happened; ++i) {
      const Op& op = story_.events[i].op;
      if (op.kind == OpKind::thread_create && op.other == thread) return i + 1;
    }
    return kNone;
  }

  void add_untaken_of(std::set<ThreadId>& unfinished, const std::vector<Deviation>& deviations) {
    if (unfinished.empty()) return;
    // Reports name these steps by their callers, if they are in a library.
    job_.trace_all_stacks = true;
    const std::optional<JobDone> run = replay(deviations);
    job_.trace_all_stacks = false;
    if (!run.has_value() || !passes(*run) || run->trace.events.size() > kLongestTrace) return;
    for (auto thread = unfinished.begin(); thread != unfinished.end();) {
      std::vector<const Event*> own;
      for (const Event& event : run->trace.events) {
        if (event.thread == *thread) own.push_back(&event);
      }
      std::size_t done = 0;
      bool same = true;
      for (std::size_t i = 0; i < story_.happened; ++i) {
        const Event& event = story_.events[i];
        if (event.thread != *thread || event.op.kind == OpKind::failure) continue;
        same = same && done < own.size() && own[done]->op.pc == event.op.pc;
        ++done;
      }
      if (!same || done >= own.size()) {
        ++thread;
        continue;
      }
      for (; done < own.size(); ++done) {
        story_.events.push_back(*own[done]);
        story_.events.back().why = SwitchReason::none;
      }
      thread = unfinished.erase(thread);
    }
  }

  // Where in the story the deviation took effect.
  std::size_t position_of(const Deviation& deviation) const {
    std::size_t of_thread = kNone;
    for (std::size_t i = 0; i < story_.happened; ++i) {
      const Event& event = story_.events[i];
      if (event.decided_by == deviation.thread && event.decided_at == deviation.step) return i;
      if (of_thread == kNone && event.thread == deviation.thread && event.step >= deviation.step) {
        of_thread = i;
      }
    }
    return of_thread;
  }

  // The run up to that event; there `thread` goes instead, and after it what goes by default.
  std::vector<Deviation> with_thread_before(std::size_t event, ThreadId thread) const {
    const Event& held = story_.events[event];
    std::vector<Deviation> deviations;
    for (const Deviation& deviation : deviations_) {
      const bool replaced =
          deviation.thread == held.decided_by && deviation.step == held.decided_at;
      if (!replaced && position_of(deviation) < event) deviations.push_back(deviation);
    }
    deviations.push_back({held.decided_by, held.decided_at, thread});
    return deviations;
  }

  // The events at which the thread of the first can be held: there, before the locks that the
  // thread of the second may wait for, and before its turn.
  std::vector<std::size_t> places_to_hold(std::size_t first) const {
    std::vector<std::size_t> places = {first, outermost_lock(story_, first)};
    std::size_t turn = first;
    while (turn > 0 && story_.events[turn - 1].thread == story_.events[first].thread) --turn;
    places.push_back(turn);
    std::sort(places.begin(), places.end(), std::greater<>());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
  }

  static bool in_order(const JobDone& run, const Occurrence& before, const Occurrence& after) {
    const std::size_t at = find(run.trace.events, before);
    return at != kNone && at < find(run.trace.events, after);
  }

  // A run in which the second comes before the first, and which passes.
  std::optional<Swapped> swap(const EventPair& pair) {
    const Occurrence first = occurrence_of(story_.events, pair.first);
    const Occurrence second = occurrence_of(story_.events, pair.second);
    for (const std::size_t place : places_to_hold(pair.first)) {
      if (story_.events[place].decided_by == kNoThread || out_of_budget()) continue;
      std::vector<Deviation> deviations = with_thread_before(place, second.thread);
      std::optional<JobDone> run = replay(deviations);
      if (!run.has_value() || !in_order(*run, second, first)) continue;
      if (!passes(*run)) return std::nullopt;
      return Swapped{std::move(deviations), std::move(*run)};
    }
    return std::nullopt;
  }

  Ahead runs_ahead(const EventPair& pair) {
    const ThreadId thread = story_.events[pair.second].thread;
    // Where both are there: earlier the thread of the first could not go.
    std::size_t begin = 0;
    for (std::size_t i = 0; i < pair.first; ++i) {
      const Op& op = story_.events[i].op;
      if (op.kind == OpKind::thread_create && op.other == story_.events[pair.first].thread) {
        begin = i + 1;
      }
    }
    while (begin < story_.happened && story_.events[begin].thread != thread) ++begin;
    if (begin >= pair.first) return Ahead::fails;
    const Event& held = story_.events[begin];
    if (held.decided_by == kNoThread) return Ahead::unknown;
    const Occurrence first = occurrence_of(story_.events, pair.first);
    const auto run = replay(with_thread_before(begin, first.thread));
    if (!run.has_value()) return Ahead::unknown;
    // It need not come there: where it waits for the other thread, that must have done something.
    if (passes(*run)) return Ahead::passes;
    const bool ahead = in_order(*run, first, occurrence_of(story_.events, begin));
    return ahead && shows_failure(*run, key_) ? Ahead::fails : Ahead::unknown;
  }

  // Varies what comes after the second: who goes then and wherever the turn passes on anyway; and,
  // as far as there are runs left, with one more preemption.
  void check(const EventPair& pair, const Swapped& swapped, Cause& cause) {
    const Occurrence first = occurrence_of(story_.events, pair.first);
    const Occurrence second = occurrence_of(story_.events, pair.second);
    cause.checked = cause.passed = 1;
    cause.swapped = Schedule{swapped.deviations};
    cause.clean = swapped.run.reports.empty();
    std::set<std::vector<Deviation>> seen = {sorted(swapped.run.schedule)};
    const std::vector<Event>& events = swapped.run.trace.events;
    const std::size_t at = find(events, second);
    std::set<ThreadId> threads;
    for (const Event& event : events) threads.insert(event.thread);
    for (const bool turns : {true, false}) {
      bool handed_over = false;
      for (std::size_t i = at + 1; i < events.size(); ++i) {
        const Event& event = events[i];
        const bool decided_since =
            event.decided_by != events[at].decided_by || event.decided_at != events[at].decided_at;
        if (event.decided_by == kNoThread || !decided_since) continue;
        const bool turn = !std::exchange(handed_over, true) ||
                          (event.why != SwitchReason::none && event.why != SwitchReason::preempted);
        if (turn != turns) continue;
        for (const ThreadId thread : threads) {
          if (cause.checked + cause.more_checked >= limits_.max_checks || Clock::now() >= end_) {
            return;
          }
          if (thread == event.thread) continue;
          std::vector<Deviation> deviations = swapped.deviations;
          deviations.push_back({event.decided_by, event.decided_at, thread});
          const auto run = replay(deviations);
          if (!run.has_value() || !in_order(*run, second, first)) continue;
          if (!seen.insert(sorted(run->schedule)).second) continue;
          ++(turns ? cause.checked : cause.more_checked);
          (turns ? cause.passed : cause.more_passed) += passes(*run) ? 1 : 0;
          cause.clean = cause.clean && run->reports.empty();
        }
      }
    }
  }

  static std::vector<Deviation> sorted(const Schedule& schedule) {
    std::vector<Deviation> deviations = schedule.deviations;
    std::sort(deviations.begin(), deviations.end());
    return deviations;
  }

  // That nothing is used which was not seen to be published.
  void check_publication(Cause& cause) {
    const auto index_of = [this](const Event& event) {
      const auto found =
          std::find_if(story_.events.begin(), story_.events.end(), [&event](const Event& other) {
            return other.thread == event.thread && other.step == event.step;
          });
      return static_cast<std::size_t>(found - story_.events.begin());
    };
    const EventPair pair{index_of(*cause.first), index_of(*cause.second)};
    if (const auto swapped = swap(pair)) {
      check(pair, *swapped, cause);
    } else {
      cause.first.reset();
      cause.second.reset();
    }
  }

  Replayer& replayer_;
  Job job_;
  const Failed& failure_;
  const std::uint64_t key_;
  const CauseLimits limits_;
  const std::vector<Deviation> deviations_;
  const Clock::time_point end_;
  Story story_;
  std::optional<OddWait> notified_{};
  std::uint64_t runs_ = 0;
};

}  // namespace

std::optional<Cause> find_cause(Replayer& replayer, const Job& job, const Failed& failure,
                                const MinimalInterleaving& minimal, const CauseLimits& limits) {
  if (minimal.token.engine != EngineKind::fuzz || minimal.trace.truncated ||
      minimal.trace.events.size() > kLongestTrace) {
    return std::nullopt;
  }
  return CauseFinder(replayer, job, failure, minimal, limits).run();
}

}  // namespace heddle
