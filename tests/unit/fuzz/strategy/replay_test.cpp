#include "fuzz/strategy/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "fuzz/strategy/random_walk.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

SimulatedProgram program_with_choices() {
  SimulatedProgram program = idle_program(3, 5);
  for (auto& thread : program) {
    thread[1].alternatives = 3;
    thread[1].chosen = [](std::uint32_t) {};
  }
  return program;
}

TEST(Replay, the_empty_schedule_is_the_default_one) {
  Replay strategy(Schedule{});
  const SimulatedRun run = execute(program_with_choices(), strategy, 0);
  EXPECT_EQ(run.order, (std::vector<ThreadId>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}));
  EXPECT_EQ(run.choices, (std::vector<std::uint32_t>{0, 0, 0}));
  EXPECT_TRUE(run.taken.deviations.empty());
}

TEST(Replay, reproduces_any_run_from_its_deviations) {
  RandomWalk random({}, 1);
  for (std::uint64_t number = 0; number < 500; ++number) {
    const SimulatedRun original = execute(program_with_choices(), random, number);
    Replay strategy(original.taken);
    for (std::uint64_t i = 0; i < 2; ++i) {
      const SimulatedRun again = execute(program_with_choices(), strategy, i);
      EXPECT_EQ(again.order, original.order);
      EXPECT_EQ(again.choices, original.choices);
      EXPECT_EQ(again.taken, original.taken);
    }
  }
}

TEST(Replay, without_one_deviation_it_is_another_valid_schedule) {
  RandomWalk random({}, 2);
  for (std::uint64_t number = 0; number < 50; ++number) {
    const SimulatedRun original = execute(program_with_choices(), random, number);
    for (std::size_t i = 0; i < original.taken.deviations.size(); ++i) {
      Schedule fewer = original.taken;
      fewer.deviations.erase(fewer.deviations.begin() + static_cast<std::ptrdiff_t>(i));
      Replay strategy(fewer);
      const SimulatedRun run = execute(program_with_choices(), strategy, 0);
      EXPECT_EQ(run.order.size(), 15U);
      // It can take no deviation that is not in its list.
      for (const Deviation& taken : run.taken.deviations) {
        EXPECT_NE(std::find(fewer.deviations.begin(), fewer.deviations.end(), taken),
                  fewer.deviations.end());
      }
      // And what it took names the same run.
      Replay normalised(run.taken);
      EXPECT_EQ(execute(program_with_choices(), normalised, 0).order, run.order);
    }
  }
}

TEST(Replay, passes_over_what_it_cannot_do) {
  const std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  Replay strategy(Schedule{{
      {0, 1, 7},          // no such thread
      {0, 2, 0},          // already running: the default
      {0, 3, 9},          // thread 0's choice of 3
      {0, never, 1},      // not reached
      {kNoThread, 1, 1},  // no such thread
      {1, 1, 0},          // thread 0 has ended by then
  }});
  const SimulatedRun run = execute(program_with_choices(), strategy, 0);
  EXPECT_TRUE(run.taken.deviations.empty());
  EXPECT_EQ(run.order, (std::vector<ThreadId>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}));
}

TEST(Replay, the_order_of_the_list_does_not_matter) {
  RandomWalk random({.stay = 0}, 3);
  const SimulatedRun original = execute(idle_program(4, 20), random, 0);
  ASSERT_GT(original.taken.deviations.size(), 20U);
  Schedule reversed{{original.taken.deviations.rbegin(), original.taken.deviations.rend()}};
  Replay strategy(reversed);
  EXPECT_EQ(execute(idle_program(4, 20), strategy, 0).order, original.order);
}

TEST(Replay, of_two_deviations_for_one_point_the_lower_counts) {
  Replay strategy(Schedule{{{0, 1, 2}, {0, 1, 1}}});
  EXPECT_EQ(execute(idle_program(3, 1), strategy, 0).order, (std::vector<ThreadId>{1, 0, 2}));
}

TEST(Replay, each_run_begins_at_the_first_deviation_again) {
  Replay strategy(Schedule{{{0, 1, 1}, {1, 1, 0}}});
  const std::vector<ReadyThread> ready{{0, {}}, {1, {}}};
  for (std::uint64_t run = 0; run < 3; ++run) {
    strategy.begin_run(run);
    EXPECT_EQ(strategy.pick({.ready = ready, .fallback = 1, .thread = 1, .step = 1}), 0U) << run;
    EXPECT_EQ(strategy.pick({.ready = ready, .fallback = 1, .thread = 1, .step = 2}), 1U) << run;
  }
}

}  // namespace
}  // namespace heddle
