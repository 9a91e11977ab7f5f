#include "fuzz/strategy/random_walk.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "fuzz/strategy/random_choice.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

std::map<std::vector<ThreadId>, int> interleavings(RandomWalk& strategy,
                                                   const SimulatedProgram& program, int runs) {
  std::map<std::vector<ThreadId>, int> counts;
  for (int run = 0; run < runs; ++run) {
    ++counts[execute(program, strategy, static_cast<std::uint64_t>(run)).order];
  }
  return counts;
}

int preemptions(const std::vector<ThreadId>& order) {
  int switches = 0;
  for (std::size_t i = 1; i < order.size(); ++i) switches += order[i] != order[i - 1] ? 1 : 0;
  return switches;
}

TEST(RandomWalk, plain_covers_all_interleavings_of_a_tiny_program) {
  // 2 threads of 3 steps: C(6,3) = 20 interleavings. The rarest have a decision at each of 5 points
  // (2^-5, as the last step is forced); P(one of 20 is missed in 1000 runs) < 20 (31/32)^1000 =
  // 3e-13.
  RandomWalk strategy({.stay = 0}, 1);
  EXPECT_EQ(interleavings(strategy, idle_program(2, 3), 1000).size(), 20U);
}

TEST(RandomWalk, biased_covers_them_all_too) {
  // Each of at most 5 decisions goes the rarer way with (1 - 0.5)/2 = 0.25 or more:
  // P(one of 20 is missed in 30 000 runs) < 20 (1 - 0.25^5)^30000 = 4e-12.
  RandomWalk strategy({.stay = 0.5}, 1);
  EXPECT_EQ(interleavings(strategy, idle_program(2, 3), 30'000).size(), 20U);
}

TEST(RandomWalk, by_default_covers_them_all_too) {
  // A third of the runs are plain walks: P(one is missed) < 20 (1 - 1/96)^3000 = 5e-13.
  RandomWalk strategy({}, 1);
  EXPECT_EQ(interleavings(strategy, idle_program(2, 3), 3'000).size(), 20U);
}

TEST(RandomWalk, plain_picks_every_ready_thread_equally_often) {
  RandomWalk strategy({.stay = 0}, 1);
  std::vector<int> first(3);
  for (std::uint64_t run = 0; run < 30'000; ++run) {
    ++first[execute(idle_program(3, 1), strategy, run).order[0]];
  }
  for (const int count : first) EXPECT_NEAR(count, 10'000, 490);  // 6 standard deviations
}

TEST(RandomWalk, staying_means_fewer_preemptions) {
  const SimulatedProgram program = idle_program(2, 100);
  std::vector<int> switches;
  for (const double stay : {0.0, 0.5, 0.9}) {
    RandomWalk strategy({.stay = stay}, 1);
    switches.push_back(preemptions(execute(program, strategy, 0).order));
  }
  // Expected about 95, 50 and 10 of 200 points.
  EXPECT_GT(switches[0], switches[1]);
  EXPECT_GT(switches[1], switches[2]);
  EXPECT_GT(switches[2], 0);
}

TEST(RandomWalk, at_stay_1_a_thread_is_never_preempted) {
  RandomWalk strategy({.stay = 1}, 1);
  std::set<std::vector<ThreadId>> orders;
  for (std::uint64_t run = 0; run < 100; ++run) {
    const SimulatedRun result = execute(idle_program(3, 4), strategy, run);
    EXPECT_EQ(preemptions(result.order), 2);
    orders.insert(result.order);
  }
  // Thread 0 runs as the run begins; who goes after it is random.
  EXPECT_EQ(orders.size(), 2U);
}

TEST(RandomChoice, what_is_seldom_happens_one_time_in_eight) {
  Random random(1);
  for (const Choice what : {Choice::spurious_wake, Choice::timeout, Choice::cas_failure}) {
    int ones = 0;
    for (int i = 0; i < 8'000; ++i) ones += random_choice(random, what, 2) == 1 ? 1 : 0;
    EXPECT_NEAR(ones, 1'000, 180);  // 6 standard deviations
  }
}

TEST(RandomChoice, nobody_wakes_for_no_reason_where_that_would_hide_a_deadlock) {
  Random random(1);
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(random_choice(random, Choice::lone_wake, 2), 0U);
}

TEST(RandomChoice, waiters_and_values_are_drawn_evenly) {
  Random random(1);
  for (const Choice what : {Choice::waiter, Choice::value}) {
    std::vector<int> counts(4);
    for (int i = 0; i < 8'000; ++i) ++counts[random_choice(random, what, 4)];
    for (const int count : counts) EXPECT_NEAR(count, 2'000, 235);
  }
}

}  // namespace
}  // namespace heddle
