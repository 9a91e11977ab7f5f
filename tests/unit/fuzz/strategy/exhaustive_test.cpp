// dfs and dpor without an engine, on programs whose interleavings can be counted by hand.
#include "fuzz/strategy/exhaustive.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/strategy/dfs.h"
#include "fuzz/strategy/dpor.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

SimulatedStep store(Address address) {
  SimulatedStep step;
  step.op = {.kind = OpKind::atomic_store, .size = 4, .address = address, .pc = 1};
  return step;
}

SimulatedStep load(Address address) {
  SimulatedStep step;
  step.op = {.kind = OpKind::atomic_load, .size = 4, .address = address, .pc = 2};
  return step;
}

// Each has a thread 0 of its own, as main is: a step that meets nothing.
SimulatedProgram with_main(SimulatedProgram threads) {
  threads.insert(threads.begin(), {SimulatedStep{}});
  return threads;
}

struct Walked {
  std::set<std::vector<ThreadId>> orders;
  std::uint64_t runs = 0;
  Exploration seen;
};

Walked walk(const SimulatedProgram& program, Strategy& strategy) {
  constexpr std::uint64_t kMost = 100'000;
  Walked walked;
  for (; walked.runs < kMost; ++walked.runs) {
    // execute() begins the run itself; a search that is complete refuses.
    if (strategy.exploration()->complete) break;
    walked.orders.insert(execute(program, strategy, walked.runs).order);
  }
  walked.seen = *strategy.exploration();
  return walked;
}

TEST(Dfs, executes_each_schedule_once) {
  // Two threads of two steps each, after main's: 4! / (2! 2!).
  const SimulatedProgram program = with_main({{store(64), store(64)}, {store(64), store(64)}});
  Dfs dfs({});
  const Walked walked = walk(program, dfs);
  EXPECT_TRUE(walked.seen.complete);
  EXPECT_EQ(walked.orders.size(), 6U);
  EXPECT_EQ(walked.seen.executions, 6U);
  EXPECT_EQ(walked.seen.distinct, 6U);
}

TEST(Dfs, schedules_of_independent_steps_are_one_interleaving) {
  const SimulatedProgram program = with_main({{store(64), store(64)}, {store(128), store(128)}});
  Dfs dfs({});
  const Walked walked = walk(program, dfs);
  EXPECT_EQ(walked.seen.executions, 6U);
  EXPECT_EQ(walked.seen.distinct, 1U);
}

TEST(Dfs, those_with_the_fewest_preemptions_come_first) {
  const SimulatedProgram program = with_main({{store(64), store(64)}, {store(64), store(64)}});
  Dfs dfs({});
  // Of the six, two have no preemption, two have one, two have two.
  EXPECT_EQ(walk(program, dfs).seen.by_bound, (std::vector<std::uint64_t>{2, 4, 6}));
  Dfs bounded({.bound = 1});
  const Walked walked = walk(program, bounded);
  EXPECT_EQ(walked.orders.size(), 4U);
  EXPECT_EQ(walked.seen.bound, 1U);
}

TEST(Dpor, executes_each_interleaving_once) {
  const SimulatedProgram dependent = with_main({{store(64), store(64)}, {store(64), store(64)}});
  Dpor one;
  const Walked all = walk(dependent, one);
  EXPECT_TRUE(all.seen.complete);
  EXPECT_EQ(all.seen.executions, 6U);
  EXPECT_EQ(all.seen.redundant, 0U);

  const SimulatedProgram independent =
      with_main({{store(64), store(64)}, {store(128), store(128)}});
  Dpor other;
  EXPECT_EQ(walk(independent, other).seen.executions, 1U);
}

TEST(Dpor, readers_of_one_writer_do_not_race_with_each_other) {
  const SimulatedProgram program = with_main({{store(64)}, {load(64)}, {load(64)}, {load(64)}});
  Dpor dpor;
  EXPECT_EQ(walk(program, dpor).seen.executions, 8U);
}

TEST(Dpor, both_values_of_a_choice_are_explored) {
  SimulatedProgram program = with_main({{store(64)}, {store(128)}});
  program[1][0].alternatives = 3;
  program[1][0].chosen = [](std::uint32_t) {};
  Dpor dpor;
  EXPECT_EQ(walk(program, dpor).seen.executions, 3U);
}

// (4!)^2, of which it has seen six.
TEST(Dpor, tells_early_how_many_interleavings_there_will_be) {
  const std::vector<SimulatedStep> thread = {store(64), store(128)};
  const SimulatedProgram program = with_main({thread, thread, thread, thread});
  Dpor dpor;
  for (std::uint64_t run = 0; run < 6; ++run) execute(program, dpor, run);
  const Exploration early = *dpor.forecast();
  EXPECT_EQ(early.executions, 6U);
  EXPECT_NEAR(6 / early.fraction, 576, 80);
  // Nothing that the search itself asks for.
  EXPECT_EQ(dpor.exploration()->executions, 6U);
  EXPECT_EQ(walk(program, dpor).seen.executions, 576U);
  EXPECT_EQ(dpor.forecast()->fraction, 1);
}

TEST(Dpor, never_takes_what_is_left_for_nothing) {
  const SimulatedProgram program = with_main({{store(64)}, {store(64)}, {store(64)}});
  Dpor dpor;
  for (std::uint64_t run = 0; !dpor.exploration()->complete; ++run) {
    const double fraction = dpor.forecast()->fraction;
    EXPECT_LT(fraction, 1) << run;
    EXPECT_EQ(fraction == 0, run == 0) << run;
    execute(program, dpor, run);
  }
}

TEST(ExhaustiveState, has_what_was_forecast) {
  const std::vector<SimulatedStep> thread = {store(64), store(128)};
  const SimulatedProgram program = with_main({thread, thread, thread, thread});
  Dpor dpor;
  for (std::uint64_t run = 0; run < 100; ++run) execute(program, dpor, run);
  const double forecast = dpor.forecast()->fraction;
  Dpor other;
  ASSERT_TRUE(other.set_state(dpor.state()));
  EXPECT_EQ(other.forecast()->fraction, forecast);
  // A few runs that are no more than a corner of it.
  execute(program, other, 100);
  EXPECT_NEAR(other.forecast()->fraction, forecast, forecast / 50);
}

template <typename Make>
void expect_resumable(const SimulatedProgram& program, Make make) {
  const auto whole = make();
  const Exploration expected = walk(program, *whole).seen;
  // Handed on after each run.
  auto strategy = make();
  for (std::uint64_t run = 0; run < 1'000 && !strategy->exploration()->complete; ++run) {
    execute(program, *strategy, run);
    const std::string state = strategy->state();
    strategy = make();
    ASSERT_TRUE(strategy->set_state(state));
  }
  EXPECT_EQ(*strategy->exploration(), expected);
}

TEST(ExhaustiveState, a_search_that_is_handed_on_after_each_run_counts_the_same) {
  const SimulatedProgram program =
      with_main({{store(64), load(128)}, {store(128), load(64)}, {store(64)}});
  expect_resumable(program, [] { return std::make_unique<Dpor>(); });
  expect_resumable(program, [] { return std::make_unique<Dfs>(DfsOptions{}); });
}

template <typename Make>
void expect_limit_to_be_remembered(Make make) {
  const SimulatedProgram program = with_main({{store(64), store(64)}, {store(64), store(64)}});
  auto strategy = make();
  EXPECT_FALSE(strategy->exploration()->limited);
  constexpr std::size_t kSteps = 3;
  ASSERT_TRUE(execute(program, *strategy, 0, kSteps).gave_up);
  strategy->end_run({.decisions = kSteps, .cut = true, .limit = true});
  EXPECT_TRUE(strategy->exploration()->limited);
  execute(program, *strategy, 1);
  EXPECT_TRUE(strategy->exploration()->limited) << "a later run has come to its end";
  auto later = make();
  ASSERT_TRUE(later->set_state(strategy->state()));
  EXPECT_TRUE(later->exploration()->limited) << "it was handed on";
}

TEST(ExhaustiveState, that_a_run_has_ended_at_a_limit_is_remembered) {
  expect_limit_to_be_remembered([] { return std::make_unique<Dpor>(); });
  expect_limit_to_be_remembered([] { return std::make_unique<Dfs>(DfsOptions{}); });
}

TEST(ExhaustiveState, a_state_that_is_damaged_or_of_another_strategy_is_refused) {
  const SimulatedProgram program = with_main({{store(64), store(64)}, {store(64), store(64)}});
  Dpor dpor;
  execute(program, dpor, 0);
  const std::string state = dpor.state();
  EXPECT_FALSE(Dfs({}).set_state(state));
  EXPECT_FALSE(Dpor().set_state(state + " 1"));
  for (std::size_t size = 1; size < state.size(); ++size) {
    Dpor other;
    // A number cut short can be a number; the rest is then missing.
    EXPECT_FALSE(other.set_state(state.substr(0, size)) && state[size] == ' ') << size;
  }
}

TEST(ChoiceBudget, what_may_happen_any_time_happens_so_often_and_no_more) {
  ChoiceBudget budget;
  EXPECT_EQ(budget.allowed(Choice::spurious_wake, 2, 1), 2U);
  budget.taken(Choice::spurious_wake, 1, 1);
  EXPECT_EQ(budget.allowed(Choice::spurious_wake, 2, 1), 1U);
  EXPECT_EQ(budget.allowed(Choice::lone_wake, 2, 1), 1U);
  EXPECT_EQ(budget.allowed(Choice::spurious_wake, 2, 2), 2U) << "that of another thread";
  EXPECT_EQ(budget.allowed(Choice::waiter, 3, 1), 3U);
  budget.begin_run();
  EXPECT_EQ(budget.allowed(Choice::spurious_wake, 2, 1), 2U);
}

}  // namespace
}  // namespace heddle
