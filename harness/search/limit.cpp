#include "harness/search/limit.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "fuzz/shrink/shrink.h"

namespace heddle {
namespace {

Schedule first_of(const Schedule& schedule, std::size_t count) {
  const auto begin = schedule.deviations.begin();
  return {
      {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, schedule.deviations.size()))}};
}

bool same_place(const Place& a, const Place& b) {
  return a.op.pc == b.op.pc && a.stack == b.stack;
}

class LimitFinder {
 public:
  LimitFinder(Replayer& replayer, const Job& job, const GaveUp& seen, const Schedule& beginning,
              const LimitSearch& options)
      : replayer_(replayer), job_(job), seen_(seen), beginning_(beginning), options_(options) {
    job_.record_trace = false;
  }

  std::optional<LimitRun> run() {
    const std::uint64_t quick = std::min(job_.step_limit, options_.quick_step_limit);
    if (const auto found = find(quick)) {
      if (auto confirmed = confirm(make_smaller(*found, quick))) return confirmed;
    }
    if (quick == job_.step_limit) return std::nullopt;
    const std::uint64_t later = std::min(job_.step_limit, quick * options_.later);
    if (const auto found = find(later)) {
      if (auto confirmed = confirm(*found)) return confirmed;
    }
    if (later == job_.step_limit) return std::nullopt;
    if (auto confirmed = confirm({})) return confirmed;
    return confirm(beginning_);
  }

 private:
  // How the run of `schedule` gives up, if it does in that loop, and the deviations that it took.
  struct Reached {
    GaveUp limit;
    Schedule taken;
  };
  std::optional<Reached> reach(const Schedule& schedule, std::uint64_t step_limit) {
    Job replay = job_;
    replay.schedule = schedule;
    replay.step_limit = step_limit;
    auto run = replayer_.replay(replay);
    auto* done = std::get_if<JobDone>(&run);
    if (done == nullptr || !done->outcome.has_value()) return std::nullopt;
    auto* limit = std::get_if<GaveUp>(&*done->outcome);
    if (limit == nullptr) return std::nullopt;
    Reached reached{.limit = std::move(*limit), .taken = std::move(done->schedule)};
    if (same_loop(seen_, reached.limit, {})) return reached;
    // It ended elsewhere in its loop, or in another.
    const auto again = replayer_.replay(last_steps_of(std::move(replay), done->steps));
    const auto* traced = std::get_if<JobDone>(&again);
    if (traced == nullptr || !same_loop(seen_, reached.limit, traced->trace)) return std::nullopt;
    return reached;
  }

  std::optional<Schedule> find(std::uint64_t step_limit) {
    constexpr std::size_t kGrowth = 4;
    const std::size_t most = beginning_.deviations.size();
    for (std::size_t count = 0;;
         count = std::min(most, std::max<std::size_t>(1, count * kGrowth))) {
      const Schedule candidate = first_of(beginning_, count);
      if (reach(candidate, step_limit).has_value()) return candidate;
      if (count == most) return std::nullopt;
    }
  }

  Schedule make_smaller(const Schedule& schedule, std::uint64_t step_limit) {
    if (schedule.deviations.empty()) return schedule;
    return shrink(schedule,
                  [&](const Schedule& candidate) -> ShrinkVerdict {
                    auto reached = reach(candidate, step_limit);
                    if (!reached.has_value()) return false;
                    return {true, std::move(reached->taken)};
                  },
                  // By the number of runs alone: what is found must not depend on the machine.
                  {.max_runs = options_.max_runs, .max_time = std::chrono::hours(24)})
        .schedule;
  }

  std::optional<LimitRun> confirm(const Schedule& schedule) {
    if (schedule.deviations.size() > options_.most_deviations) return std::nullopt;
    auto reached = reach(schedule, job_.step_limit);
    if (!reached.has_value()) return std::nullopt;
    return LimitRun{.schedule = schedule, .limit = std::move(reached->limit)};
  }

  Replayer& replayer_;
  Job job_;
  const GaveUp& seen_;
  const Schedule& beginning_;
  const LimitSearch& options_;
};

}  // namespace

bool same_loop(const GaveUp& seen, const GaveUp& found, const Trace& last_steps) {
  return std::any_of(seen.places.begin(), seen.places.end(), [&](const Place& place) {
    if (place.op.pc == 0) return false;
    const bool ends_there =
        std::any_of(found.places.begin(), found.places.end(),
                    [&](const Place& other) { return same_place(place, other); });
    if (ends_there) return true;
    return std::any_of(last_steps.events.begin(), last_steps.events.end(), [&](const Event& event) {
      // Of a plain access the callers are not recorded.
      return event.op.pc == place.op.pc && (event.stack.empty() || event.stack == place.stack);
    });
  });
}

std::optional<LimitRun> find_limit_run(Replayer& replayer, const Job& job, const GaveUp& seen,
                                       const Schedule& beginning, const LimitSearch& options) {
  return LimitFinder(replayer, job, seen, beginning, options).run();
}

Job last_steps_of(Job job, std::uint64_t steps) {
  // Enough for a round of most loops.
  constexpr std::uint64_t kSteps = 1'000;
  job.record_trace = true;
  job.trace_from = steps - std::min(steps, kSteps);
  return job;
}

Job first_steps_of(Job job) {
  constexpr std::uint64_t kSteps = 100'000;
  job.record_trace = true;
  job.trace_until = kSteps;
  return job;
}

}  // namespace heddle
