#include "fuzz/shrink/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/random_walk.h"
#include "fuzz/strategy/replay.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

bool contains(const Schedule& schedule, const Deviation& deviation) {
  return std::find(schedule.deviations.begin(), schedule.deviations.end(), deviation) !=
         schedule.deviations.end();
}

bool contains_all(const Schedule& schedule, const std::vector<Deviation>& core) {
  return std::all_of(core.begin(), core.end(),
                     [&](const Deviation& deviation) { return contains(schedule, deviation); });
}

Schedule long_schedule(std::uint64_t size) {
  Schedule schedule;
  for (std::uint64_t i = 0; i < size; ++i) {
    schedule.deviations.push_back({static_cast<ThreadId>(i % 3), 7 * i + 1, 2});
  }
  return schedule;
}

TEST(Shrink, a_failure_that_does_not_come_back_is_left_alone) {
  const Schedule schedule = long_schedule(10);
  const ShrinkResult result = shrink(schedule, [](const Schedule&) { return false; });
  EXPECT_FALSE(result.reproduced);
  EXPECT_FALSE(result.one_minimal);
  EXPECT_EQ(result.schedule, schedule);
  EXPECT_EQ(result.runs, 1U);
}

TEST(Shrink, what_always_fails_ends_at_the_default_schedule_in_two_runs) {
  const ShrinkResult result = shrink(long_schedule(300), [](const Schedule&) { return true; });
  EXPECT_TRUE(result.schedule.deviations.empty());
  EXPECT_TRUE(result.one_minimal);
  EXPECT_FALSE(result.limit_reached);
  EXPECT_EQ(result.runs, 2U);
}

TEST(Shrink, three_hundred_deviations_shrink_within_a_thousand_runs) {
  // Cores as they come in practice: up to five deviations, anywhere in the schedule.
  const Schedule schedule = long_schedule(300);
  Random random(1);
  for (std::size_t size = 1; size <= 5; ++size) {
    std::vector<Deviation> core;
    for (std::size_t i = 0; i < size; ++i) {
      core.push_back(schedule.deviations[random.below(300)]);
    }
    const ShrinkResult result =
        shrink(schedule, [&](const Schedule& candidate) { return contains_all(candidate, core); });
    std::sort(core.begin(), core.end());
    core.erase(std::unique(core.begin(), core.end()), core.end());
    EXPECT_TRUE(result.one_minimal);
    EXPECT_EQ(result.schedule.deviations.size(), core.size());
    EXPECT_LE(result.runs, 1'000U) << size;
  }
}

TEST(Shrink, even_a_large_core_takes_under_two_thousand_runs_to_be_1_minimal) {
  // Every tenth deviation is needed: the worst for chunks, as none of ten or more can go.
  const Schedule schedule = long_schedule(300);
  std::vector<Deviation> core;
  for (std::size_t i = 0; i < 300; i += 10) core.push_back(schedule.deviations[i]);
  const ShrinkResult result =
      shrink(schedule, [&](const Schedule& candidate) { return contains_all(candidate, core); },
             {.max_runs = 2'000});
  EXPECT_EQ(result.schedule.deviations, core);
  EXPECT_TRUE(result.one_minimal);
}

TEST(Shrink, asks_about_no_schedule_twice) {
  std::vector<Schedule> asked;
  const Schedule schedule = long_schedule(20);
  const auto still_fails = [&](const Schedule& candidate) {
    EXPECT_EQ(std::find(asked.begin(), asked.end(), candidate), asked.end());
    asked.push_back(candidate);
    return contains_all(candidate, {schedule.deviations[3], schedule.deviations[15]});
  };
  const ShrinkResult result = shrink(schedule, still_fails);
  EXPECT_EQ(result.runs, asked.size());
}

TEST(Shrink, the_limit_of_runs_holds_and_the_best_so_far_is_returned) {
  const Schedule schedule = long_schedule(300);
  const Deviation needed = schedule.deviations[100];
  for (const std::uint64_t limit : {0U, 1U, 5U, 20U}) {
    std::uint64_t calls = 0;
    const ShrinkResult result = shrink(schedule,
                                       [&](const Schedule& candidate) {
                                         ++calls;
                                         return contains(candidate, needed);
                                       },
                                       {.max_runs = limit});
    EXPECT_EQ(calls, std::min<std::uint64_t>(limit, result.runs));
    EXPECT_EQ(result.runs, calls);
    EXPECT_TRUE(contains(result.schedule, needed));
    EXPECT_EQ(result.limit_reached, calls == limit);
    EXPECT_EQ(result.reproduced, limit > 0);
  }
}

TEST(Shrink, no_time_means_no_run) {
  const ShrinkResult result = shrink(long_schedule(5), [](const Schedule&) { return true; },
                                     {.max_time = std::chrono::nanoseconds(0)});
  EXPECT_EQ(result.runs, 0U);
  EXPECT_TRUE(result.limit_reached);
  EXPECT_FALSE(result.one_minimal);
}

TEST(Shrink, nothing_is_called_minimal_before_each_deviation_was_left_out_once) {
  // Both deviations are needed, as four runs show: itself, none, the second, the first.
  const Schedule schedule{{{1, 1'000, 2}, {2, 1'000, 1}}};
  for (std::uint64_t limit = 1; limit < 6; ++limit) {
    const ShrinkResult result =
        shrink(schedule, [&](const Schedule& candidate) { return candidate == schedule; },
               {.max_runs = limit});
    EXPECT_EQ(result.one_minimal, limit >= 4) << limit;
  }
}

TEST(Shrink, minimality_once_shown_is_not_lost_to_a_limit) {
  // Both deviations are needed, as four runs show: itself, none, the second, the first. Then their
  // steps come down from 1000 to 600, and each success asks for the proof to be made again.
  const Schedule schedule{{{1, 1'000, 2}, {2, 1'000, 1}}};
  for (std::uint64_t limit = 4; limit < 60; ++limit) {
    const ShrinkResult result = shrink(schedule,
                                       [](const Schedule& candidate) {
                                         return candidate.deviations.size() == 2 &&
                                                candidate.deviations[0].step >= 600 &&
                                                candidate.deviations[1].step >= 600;
                                       },
                                       {.max_runs = limit});
    EXPECT_TRUE(result.one_minimal) << limit;
  }
}

TEST(Shrink, deviations_become_simpler_once_none_can_go) {
  // Fails with some thread from 3 up at some step from 20 up.
  const ShrinkResult result = shrink(Schedule{{{1, 1'000, 9}}}, [](const Schedule& candidate) {
    return candidate.deviations.size() == 1 && candidate.deviations[0].value >= 3 &&
           candidate.deviations[0].step >= 20;
  });
  EXPECT_EQ(result.schedule, (Schedule{{{1, 20, 3}}}));
  EXPECT_TRUE(result.one_minimal);
}

TEST(Shrink, what_the_run_did_not_get_to_goes_at_once) {
  // The run ends after the first ten deviations, two of which matter.
  const Schedule schedule = long_schedule(300);
  const auto still_fails = [&](const Schedule& candidate) {
    Schedule taken;
    for (const Deviation& deviation : candidate.deviations) {
      if (deviation.step <= 70) taken.deviations.push_back(deviation);
    }
    const bool fails = contains_all(candidate, {schedule.deviations[2], schedule.deviations[8]});
    return ShrinkVerdict(fails, taken);
  };
  const ShrinkResult result = shrink(schedule, still_fails);
  EXPECT_EQ(result.schedule.deviations,
            (std::vector<Deviation>{schedule.deviations[2], schedule.deviations[8]}));
  EXPECT_TRUE(result.one_minimal);
  const auto without_taken = [&](const Schedule& candidate) {
    return still_fails(candidate).fails;
  };
  EXPECT_LT(result.runs, shrink(schedule, without_taken).runs);
}

TEST(Shrink, what_a_passing_run_took_is_known_to_pass) {
  // Only every other deviation is ever reached. A failing run does not say so here, so candidates
  // keep the others; a passing one does, and then the list without them needs no run.
  const Schedule schedule = long_schedule(40);
  const std::vector<Deviation> core{schedule.deviations[2], schedule.deviations[38]};
  std::vector<Schedule> known;
  const ShrinkResult result = shrink(schedule, [&](const Schedule& candidate) -> ShrinkVerdict {
    EXPECT_EQ(std::find(known.begin(), known.end(), candidate), known.end());
    if (contains_all(candidate, core)) return true;
    Schedule taken;
    for (const Deviation& deviation : candidate.deviations) {
      if (deviation.step % 2 == 1) taken.deviations.push_back(deviation);
    }
    known.push_back(taken);
    return {false, taken};
  });
  EXPECT_EQ(result.schedule.deviations, core);
}

TEST(Shrink, deviations_that_nobody_asked_for_are_not_taken_over) {
  const Schedule schedule = long_schedule(10);
  const Deviation needed = schedule.deviations[4];
  const ShrinkResult result = shrink(schedule,
                                     [&](const Schedule& candidate) -> ShrinkVerdict {
                                       Schedule taken = candidate;
                                       taken.deviations.push_back({9, 9, 9});
                                       return {contains(candidate, needed), taken};
                                     },
                                     {.max_runs = 1'000});
  EXPECT_EQ(result.schedule, (Schedule{{needed}}));
}

TEST(Shrink, an_exception_of_the_callback_is_passed_on) {
  const auto throws = [](const Schedule&) -> ShrinkVerdict { throw std::runtime_error("gone"); };
  EXPECT_THROW(shrink(long_schedule(5), throws), std::runtime_error);
}

// Thread 0 starts threads 1 and 2, each of which reads a counter and writes it back plus one, then
// waits for both; `noise` steps without effect stand around each.
class LostUpdate {
 public:
  explicit LostUpdate(std::size_t noise) {
    program_.resize(3);
    for (const ThreadId thread : {1U, 2U}) {
      program_[0].push_back({.action = [this, thread] { started_[thread] = true; }});
      auto& steps = program_[thread];
      steps.push_back({.possible = [this, thread] { return started_[thread]; }});
      steps.resize(steps.size() + noise);
      steps.push_back({.action = [this, thread] { seen_[thread] = counter_; }});
      steps.push_back({.action = [this, thread] { counter_ = seen_[thread] + 1; }});
      steps.resize(steps.size() + noise);
      steps.push_back({.action = [this, thread] { ended_[thread] = true; }});
    }
    for (const ThreadId thread : {1U, 2U}) {
      program_[0].push_back({.possible = [this, thread] { return ended_[thread]; }});
    }
  }
  LostUpdate(const LostUpdate&) = delete;
  LostUpdate& operator=(const LostUpdate&) = delete;

  SimulatedRun run(Strategy& strategy, std::uint64_t number) {
    counter_ = 0;
    started_.assign(3, false);
    ended_.assign(3, false);
    return execute(program_, strategy, number);
  }

  bool lost() const { return counter_ != 2; }

 private:
  SimulatedProgram program_;
  int counter_ = 0;
  std::vector<int> seen_{0, 0, 0};
  std::vector<bool> started_;
  std::vector<bool> ended_;
};

TEST(Shrink, a_lost_update_comes_down_to_one_preemption) {
  for (const std::size_t noise : {std::size_t{0}, std::size_t{10}, std::size_t{300}}) {
    LostUpdate program(noise);
    RandomWalk random({.stay = 0}, 5);
    int failures = 0;
    for (std::uint64_t number = 0; number < 2'000 && failures < 10; ++number) {
      const SimulatedRun original = program.run(random, number);
      if (!program.lost()) continue;
      ++failures;
      const ShrinkResult result =
          shrink(original.taken, [&](const Schedule& candidate) -> ShrinkVerdict {
            Replay replay(candidate);
            SimulatedRun run = program.run(replay, 0);
            return {program.lost(), std::move(run.taken)};
          });
      EXPECT_TRUE(result.reproduced);
      EXPECT_TRUE(result.one_minimal);
      EXPECT_EQ(result.schedule.deviations.size(), 1U)
          << "noise " << noise << ", run " << number << ", from "
          << original.taken.deviations.size();
      EXPECT_LE(result.runs, 2'000U);
    }
    EXPECT_EQ(failures, 10);
  }
}

}  // namespace
}  // namespace heddle
