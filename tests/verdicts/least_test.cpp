// Minimal interleavings against all schedules with as few deviations, each replayed: nothing of the
// search that found and proved them has a part in it.
//
//   HEDDLE_LEAST=all ctest --preset default -R Least     of all cases and small programs
#include <gtest/gtest.h>

#include <algorithm>
#include <compare>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// Less is what comes first in this order.
struct Size {
  std::uint64_t outside_choices = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t deviations = 0;

  friend auto operator<=>(const Size&, const Size&) = default;
};

std::ostream& operator<<(std::ostream& out, const Size& size) {
  return out << size.outside_choices << " choices, " << size.preemptions << " preemptions, "
             << size.deviations << " deviations";
}

class Enumeration {
 public:
  Enumeration(Replayer& replayer, std::uint64_t key) : replayer_(replayer), key_(key) {}

  // The least that fails so with up to so many deviations. Nothing if there are too many schedules.
  std::optional<Size> least(const Token& found, std::size_t deviations) {
    least_ = {.outside_choices = ~std::uint64_t{0}};
    for (const Deviation& deviation : found.schedule.deviations) {
      steps_ = std::max(steps_, deviation.step);
    }
    for (const Schedule& schedule : {found.schedule, Schedule{}}) {
      const JobDone run = replay(schedule, true);
      for (const Event& event : run.trace.events) {
        threads_ = std::max<std::size_t>(threads_, event.thread + 1);
        steps_ = std::max(steps_, event.step + 1);
      }
    }
    double schedules = 1;
    for (std::size_t i = 0; i < deviations; ++i) {
      schedules *= static_cast<double>(threads_ * threads_ * steps_) / static_cast<double>(i + 1);
    }
    if (schedules > 50'000) return std::nullopt;
    extend({}, deviations, {});
    return least_;
  }

 private:
  JobDone replay(const Schedule& schedule, bool with_trace) {
    Job job;
    job.engine = EngineKind::fuzz;
    job.schedule = schedule;
    job.record_trace = with_trace;
    auto run = replayer_.replay(job);
    EXPECT_TRUE(std::holds_alternative<JobDone>(run));
    return std::holds_alternative<JobDone>(run) ? std::get<JobDone>(std::move(run)) : JobDone{};
  }

  // `first`: deviations before this are in the schedule, or are not to be.
  void extend(const Schedule& schedule, std::size_t left, const Deviation& first) {
    const JobDone run = replay(schedule, false);
    // What it has not come to makes it one that is tried without that.
    if (run.schedule.deviations.size() != schedule.deviations.size()) return;
    if (shows_failure(run, key_)) {
      const JobDone traced = replay(schedule, true);
      const auto preempted = [](const Event& event) {
        return event.why == SwitchReason::preempted;
      };
      const auto& events = traced.trace.events;
      least_ = std::min(
          least_,
          Size{traced.outside_choices,
               static_cast<std::uint64_t>(std::count_if(events.begin(), events.end(), preempted)),
               schedule.deviations.size()});
    }
    if (left == 0) return;
    for (ThreadId thread = first.thread; thread < threads_; ++thread) {
      for (std::uint64_t step = thread == first.thread ? first.step + 1 : 0; step <= steps_;
           ++step) {
        for (std::uint32_t value = 0; value < threads_; ++value) {
          Schedule longer = schedule;
          longer.deviations.push_back({thread, step, value});
          extend(longer, left - 1, longer.deviations.back());
        }
      }
    }
  }

  Replayer& replayer_;
  const std::uint64_t key_;
  std::size_t threads_ = 0;
  std::uint64_t steps_ = 0;
  Size least_;
};

struct Tally {
  int compared = 0;
  int too_large = 0;
};

void compare(const std::string& program, const MinimizeLimits& limits, Tally& tally) {
  SCOPED_TRACE(program);
  const SearchOptions options = search_options(program, EngineKind::fuzz, 2'000);
  const EngineResult result = search_once(options);
  Replayer replayer(options.worker, options.lost_ms);
  for (const Finding& finding : result.findings) {
    if (!finding.token.has_value() || finding.failure.late_wake) continue;
    const auto minimal = minimize(replayer, options.job, finding, limits);
    if (!minimal.has_value()) continue;
    const Size size{minimal->outside_choices, minimal->preemptions,
                    minimal->token.schedule.deviations.size()};
    Enumeration all(replayer, failure_key(finding.failure));
    const auto least = all.least(minimal->token, size.deviations);
    if (!least.has_value()) {
      ++tally.too_large;
      continue;
    }
    ++tally.compared;
    EXPECT_EQ(size, *least) << to_string(finding.failure.kind) << " " << to_text(minimal->token);
  }
}

TEST(Least, no_schedule_with_as_few_deviations_is_less) {
  Tally tally;
  for (const char* name : {"unlocked_counter", "two_mutexes", "flag_outside_mutex", "lost_post",
                           "if_for_while", "notify_from_zero"}) {
    compare(case_path(name), kNoTimeLimit, tally);
  }
  for (const char* name : {"any/gcc/lock_order_ab_ba", "any/gcc/mutex_timedlock",
                           "any/gcc/cond_wait_if", "any/gcc/weak_exchange"}) {
    compare(program_path(name), kNoTimeLimit, tally);
  }
  EXPECT_GE(tally.compared, 8);
}

TEST(Least, of_all_cases_and_small_programs) {
  const char* wanted = std::getenv("HEDDLE_LEAST");
  if (wanted == nullptr || std::string(wanted) != "all") GTEST_SKIP() << "takes many minutes";
  Tally tally;
  const auto all_in = [&](const std::string& folder) {
    std::vector<std::string> programs;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const bool runs = entry.is_regular_file() && entry.path().extension() != ".fixed" &&
                        (entry.status().permissions() & std::filesystem::perms::owner_exec) !=
                            std::filesystem::perms::none;
      if (runs) programs.push_back(entry.path().string());
    }
    std::sort(programs.begin(), programs.end());
    for (const std::string& program : programs) compare(program, {}, tally);
  };
  all_in(std::filesystem::path(case_path("unlocked_counter")).parent_path());
  all_in(std::filesystem::path(program_path("any/gcc/lock_order_ab_ba")).parent_path());
  std::cout << tally.compared << " compared, " << tally.too_large << " have too many schedules\n";
  EXPECT_GE(tally.compared, 100);
}

}  // namespace
}  // namespace heddle::verdicts
