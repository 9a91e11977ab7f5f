#include "fuzz/strategy/pct.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

// Two threads of five steps. As the last step of all is never a decision, k = 9.
constexpr std::size_t kSteps = 5;
constexpr std::uint64_t kDecisions = 9;

// When each step of each thread came, from the order of a run.
std::vector<std::vector<std::size_t>> times(const std::vector<ThreadId>& order) {
  std::vector<std::vector<std::size_t>> result(2);
  for (std::size_t i = 0; i < order.size(); ++i) result[order[i]].push_back(i);
  return result;
}

// An ordering that takes two constraints: T1 is all over between two steps of T0, as in a lost
// update.
bool depth_two(const std::vector<ThreadId>& order) {
  const auto at = times(order);
  return at[0][2] < at[1][0] && at[1][4] < at[0][3];
}

// One that takes three: a step of T1 alone between two of T0.
bool depth_three(const std::vector<ThreadId>& order) {
  const auto at = times(order);
  return at[0][2] < at[1][2] && at[1][2] < at[0][3] && at[0][3] < at[1][3];
}

int hits(const PctOptions& options, bool (*bug)(const std::vector<ThreadId>&), int runs) {
  Pct strategy(options, 1);
  const SimulatedProgram program = idle_program(2, kSteps);
  int count = 0;
  for (int run = 0; run < runs; ++run) {
    count += bug(execute(program, strategy, static_cast<std::uint64_t>(run)).order) ? 1 : 0;
  }
  return count;
}

TEST(Pct, finds_a_bug_of_depth_2_as_often_as_guaranteed) {
  // At least 1 / (n k^(d-1)) = 1 / (2 * 9): 1000 of 18 000 runs. Less 6 standard deviations of 31.
  EXPECT_GE(hits({.depth = 2, .steps = kDecisions}, depth_two, 18'000), 1'000 - 185);
}

TEST(Pct, finds_a_bug_of_depth_3_as_often_as_guaranteed) {
  // At least 1 / (2 * 9^2): 400 of 64 800 runs. Less 6 standard deviations of 20.
  EXPECT_GE(hits({.depth = 3, .steps = kDecisions}, depth_three, 64'800), 400 - 120);
}

TEST(Pct, cannot_find_a_bug_deeper_than_its_depth) {
  EXPECT_EQ(hits({.depth = 1, .steps = kDecisions}, depth_two, 10'000), 0);
  EXPECT_EQ(hits({.depth = 2, .steps = kDecisions}, depth_three, 10'000), 0);
}

TEST(Pct, needs_no_number_of_steps_to_find_a_bug) {
  // A run draws the scale 32 with probability (1/2 + 1/3 + ... + 1/8) / 8 = 0.21 and then hits with
  // at least 1 / (2 * 32): 200 of 60 000 runs. Less 6 standard deviations of 14.
  EXPECT_GE(hits({.depth = 2}, depth_two, 60'000), 200 - 85);
}

TEST(Pct, reaches_bugs_late_in_a_long_run_without_knowing_its_length) {
  // All of T1 between two of the last 50 of 500 steps of T0: a change there, with T0 above T1. The
  // scale 512 comes with probability (1/4 + ... + 1/8) / 8 = 0.11, T0 is above in half of the runs,
  // and 50 of 512 points will do. P(no hit in 2000 runs) < (1 - 0.11 / 2 * 50/512)^2000 = 2e-5.
  Pct strategy({.depth = 2}, 1);
  const SimulatedProgram program = idle_program(2, 500);
  int found = 0;
  for (std::uint64_t run = 0; run < 2'000; ++run) {
    const auto at = times(execute(program, strategy, run).order);
    if (at[0][449] < at[1][0] && at[1][499] < at[0][499]) ++found;
  }
  EXPECT_GT(found, 0);
}

TEST(Pct, at_depth_1_threads_run_whole_in_every_order_equally_often) {
  Pct strategy({.depth = 1, .steps = 10}, 1);
  std::map<std::vector<ThreadId>, int> orders;
  for (std::uint64_t run = 0; run < 6'000; ++run) {
    ++orders[execute(idle_program(3, 2), strategy, run).order];
  }
  EXPECT_EQ(orders.size(), 6U);
  for (const auto& [order, count] : orders) {
    EXPECT_EQ(order[0], order[1]);
    EXPECT_EQ(order[2], order[3]);
    EXPECT_NEAR(count, 1'000, 175);  // 6 standard deviations
  }
}

TEST(Pct, depth_bounds_the_preemptions) {
  for (const unsigned depth : {1U, 2U, 4U}) {
    Pct strategy({.depth = depth, .steps = 20}, 1);
    for (std::uint64_t run = 0; run < 500; ++run) {
      const auto order = execute(idle_program(3, 7), strategy, run).order;
      unsigned switches = 0;
      for (std::size_t i = 1; i < order.size(); ++i) switches += order[i] != order[i - 1] ? 1 : 0;
      EXPECT_LE(switches, 2 + (depth - 1));  // two of them because a thread ended
    }
  }
}

TEST(Pct, a_spinning_thread_does_not_keep_out_the_one_it_waits_for) {
  // Two threads spin until a third has set the flag after ten steps. With strict priorities a
  // spinning one would go for ever in two of three runs.
  const auto flag = std::make_shared<bool>(false);
  SimulatedProgram program(3);
  for (const ThreadId spinner : {0U, 1U}) {
    SimulatedStep spin;
    spin.possible = [flag] { return *flag; };
    spin.spins = true;
    program[spinner] = {{}, spin, {}};
  }
  program[2].resize(10);
  program[2].back().action = [flag] { *flag = true; };

  Pct strategy({.depth = 3, .steps = 15}, 1);
  for (std::uint64_t run = 0; run < 1'000; ++run) {
    *flag = false;
    const SimulatedRun result = execute(program, strategy, run, 1'000);
    EXPECT_FALSE(result.gave_up) << run;
    // A spinner goes round once before it drops below the third thread, and once more whenever that
    // one is changed to below the other: 10 + 6 steps, and few rounds more.
    EXPECT_LE(result.order.size(), 10U + 6U + 10U) << run;
  }
}

TEST(Pct, spinning_threads_that_wait_for_each_other_go_in_turn) {
  // The first waits for the second, which goes round itself until the third is done. Then both have
  // given way, and if they were equals the first would go for ever.
  const auto flags = std::make_shared<std::array<bool, 2>>();
  const auto spin_until = [flags](std::size_t flag) {
    SimulatedStep spin;
    spin.possible = [flags, flag] { return (*flags)[flag]; };
    spin.spins = true;
    return spin;
  };
  const auto set = [flags](std::size_t flag) {
    SimulatedStep step;
    step.action = [flags, flag] { (*flags)[flag] = true; };
    return step;
  };
  const SimulatedProgram program = {
      {{}, spin_until(1), {}}, {spin_until(0), set(1)}, {{}, {}, set(0)}};
  Pct strategy({.depth = 1, .steps = 15}, 1);
  for (std::uint64_t run = 0; run < 1'000; ++run) {
    *flags = {};
    EXPECT_FALSE(execute(program, strategy, run, 1'000).gave_up) << run;
  }
}

TEST(Pct, bound_is_that_of_the_paper) {
  const auto bound = Pct({.depth = 3, .steps = 50}, 1).depth_bound(4, 20);
  ASSERT_TRUE(bound.has_value());
  EXPECT_EQ(bound->depth, 3U);
  EXPECT_EQ(bound->threads, 4U);
  EXPECT_EQ(bound->decisions, 20U);
  EXPECT_DOUBLE_EQ(bound->per_run, 1.0 / (4 * 50 * 50));
  EXPECT_NEAR(bound->missed_by(10'000), std::pow(1 - 1e-4, 10'000), 1e-12);
  EXPECT_EQ(bound->missed_by(0), 1.0);
}

TEST(Pct, promises_nothing_of_runs_longer_than_its_steps) {
  EXPECT_FALSE(Pct({.depth = 3, .steps = 19}, 1).depth_bound(4, 20).has_value());
  EXPECT_FALSE(Pct({.depth = 3}, 1).depth_bound(4, 10'000'000).has_value());
}

TEST(Pct, bound_without_known_steps_is_the_mean_over_those_drawn) {
  // Only the last two scales are long enough: drawn in 1 of 8 * 8, and in that and 1 of 8 * 7.
  const auto bound = Pct({.depth = 2}, 1).depth_bound(3, 10'000);
  ASSERT_TRUE(bound.has_value());
  const double last = 1.0 / 64;
  const double second_last = 1.0 / 64 + 1.0 / 56;
  EXPECT_NEAR(bound->per_run, (second_last / 32'768 + last / 131'072) / 3, 1e-15);
  // And it holds: a bug of depth 2 in k = 9 steps of n = 2 threads.
  const double promised = Pct({.depth = 2}, 1).depth_bound(2, kDecisions)->per_run;
  constexpr int kRuns = 50'000;
  const double expected = promised * kRuns;
  EXPECT_GE(hits({.depth = 2}, depth_two, kRuns), expected - 6 * std::sqrt(expected));
}

}  // namespace
}  // namespace heddle
