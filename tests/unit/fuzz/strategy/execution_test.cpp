#include "fuzz/strategy/execution.h"

#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

struct Step {
  ThreadId thread;
  Op op;
};

Step load(ThreadId thread, Address address) {
  return {thread, {.kind = OpKind::atomic_load, .size = 4, .address = address, .pc = 1}};
}

Step store(ThreadId thread, Address address) {
  return {thread, {.kind = OpKind::atomic_store, .size = 4, .address = address, .pc = 2}};
}

Step lock(ThreadId thread) {
  return {thread, {.kind = OpKind::mutex_lock, .address = 8}};
}

Step unlock(ThreadId thread) {
  return {thread, {.kind = OpKind::mutex_unlock, .address = 8}};
}

void run(Execution& execution, const std::vector<Step>& steps, std::size_t kept = 0) {
  execution.begin(kept);
  for (const Step& step : steps) {
    execution.step(step.thread, step.op.kind);
    execution.executed(step.op, writes(step.op.kind));
  }
}

std::uint64_t fingerprint(const std::vector<Step>& steps) {
  Execution execution;
  run(execution, steps);
  return execution.fingerprint();
}

TEST(Execution, orders_of_independent_steps_have_one_fingerprint) {
  EXPECT_EQ(fingerprint({store(0, 64), store(1, 128)}), fingerprint({store(1, 128), store(0, 64)}));
  EXPECT_EQ(fingerprint({load(0, 64), load(1, 64)}), fingerprint({load(1, 64), load(0, 64)}));
}

TEST(Execution, orders_of_dependent_steps_have_different_ones) {
  EXPECT_NE(fingerprint({store(0, 64), load(1, 64)}), fingerprint({load(1, 64), store(0, 64)}));
  EXPECT_NE(fingerprint({lock(0), unlock(0), lock(1), unlock(1)}),
            fingerprint({lock(1), unlock(1), lock(0), unlock(0)}));
}

TEST(Execution, what_a_read_saw_happens_before_what_its_thread_does_next) {
  Execution execution;
  run(execution, {store(0, 64), load(1, 64), store(1, 128), store(2, 192)});
  EXPECT_TRUE(execution.happens_before(0, 2));
  EXPECT_TRUE(execution.happens_before(1, 2));
  EXPECT_FALSE(execution.happens_before(0, 3));
  EXPECT_FALSE(execution.happens_before(2, 0));
}

TEST(Execution, only_neighbours_in_the_partial_order_race) {
  Execution execution;
  run(execution, {store(0, 64), store(1, 64), store(2, 64)});
  const auto races = execution.races(0);
  ASSERT_EQ(races.size(), 2U);
  EXPECT_EQ(races[0].first, 0U);
  EXPECT_EQ(races[0].second, 1U);
  EXPECT_EQ(races[1].first, 1U);
  EXPECT_EQ(races[1].second, 2U);
}

TEST(Execution, the_locks_race_and_not_the_unlock_between_them) {
  Execution execution;
  run(execution, {lock(0), unlock(0), lock(1), unlock(1)});
  const auto races = execution.races(0);
  ASSERT_EQ(races.size(), 1U);
  EXPECT_EQ(races[0].first, 0U);
  EXPECT_EQ(races[0].second, 2U);
}

TEST(Execution, a_kept_prefix_and_a_new_end_are_what_the_whole_would_have_been) {
  const std::vector<Step> first = {store(0, 64), load(1, 64), store(0, 128), load(1, 128)};
  const std::vector<Step> second = {store(0, 64), load(1, 64), load(1, 128), store(0, 128)};
  for (std::size_t kept = 0; kept <= 2; ++kept) {
    Execution execution;
    run(execution, first);
    run(execution, second, kept);
    EXPECT_EQ(execution.fingerprint(), fingerprint(second)) << kept;
  }
}

TEST(Execution, a_kept_step_is_looked_at_once) {
  const std::vector<Step> steps = {load(0, 64), store(1, 128)};
  Execution execution;
  run(execution, steps);
  for (int i = 0; i < 5; ++i) run(execution, steps, 1);
  // Told again, it would seem to be the round of a loop that waits.
  EXPECT_EQ(execution.event(0).rounds, 1U);
}

TEST(Execution, a_loop_that_looks_at_one_place_waits_and_one_that_goes_on_does_not) {
  Execution execution;
  run(execution, {load(0, 64), load(0, 64), load(0, 64), load(1, 0), load(1, 64), load(1, 128)});
  EXPECT_EQ(execution.event(2).rounds, 3U);
  EXPECT_EQ(execution.event(5).rounds, 1U);
}

TEST(Execution, a_loop_is_seen_though_a_compiler_puts_looks_before_it) {
  const auto look = [](Address pc) {
    Step step = load(0, 64);
    step.op.pc = pc;
    return step;
  };
  for (std::size_t before = 0; before <= 5; ++before) {
    for (std::size_t round = 1; round <= 9; ++round) {
      std::vector<Step> steps;
      for (Address pc = 1; pc <= before; ++pc) steps.push_back(look(pc));
      constexpr std::size_t kRounds = 12;
      for (std::size_t i = 0; i < kRounds * round; ++i) steps.push_back(look(100 + i % round));
      Execution execution;
      run(execution, steps);
      EXPECT_GE(execution.event(steps.size() - 1).rounds, 4U) << before << " before " << round;
    }
  }
}

}  // namespace
}  // namespace heddle
