#include "fuzz/strategy/strategy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/unit/fuzz/allocation_counter.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

std::unique_ptr<Strategy> made(std::string_view text, std::uint64_t seed = 1) {
  auto result = make_strategy(text, seed);
  if (auto* error = std::get_if<StrategyError>(&result)) {
    ADD_FAILURE() << error->message;
    return nullptr;
  }
  return std::move(std::get<std::unique_ptr<Strategy>>(result));
}

std::string error_of(std::string_view text) {
  const auto result = make_strategy(text, 1);
  const auto* error = std::get_if<StrategyError>(&result);
  return error != nullptr ? error->message : "no error";
}

// Those that need not follow what a run does.
std::vector<std::string> light_kinds() {
  return {"random", "random:stay=0", "random:stay=0.9", "pct", "pct:depth=5,k=40", "pos"};
}

// Those whose runs are independent of each other, but for what the first runs teach.
std::vector<std::string> all_kinds() {
  std::vector<std::string> kinds = light_kinds();
  for (const char* kind : {"surw", "rff", "auto"}) kinds.emplace_back(kind);
  return kinds;
}

// Three threads, six steps each, the third of which is a choice of four and the fourth a write that
// races.
SimulatedProgram program_with_choices() {
  SimulatedProgram program = idle_program(3, 6);
  for (auto& thread : program) {
    thread[2].alternatives = 4;
    thread[2].chosen = [](std::uint32_t) {};
    thread[3].op = {.kind = OpKind::write, .size = 4, .address = 64, .pc = 1};
  }
  return program;
}

// What the strategy knows after its first runs of the program.
std::string learned(std::string_view text, std::uint64_t seed, const SimulatedProgram& program) {
  const auto strategy = made(text, seed);
  for (std::uint64_t run = 0; run < 20; ++run) execute(program, *strategy, run);
  return strategy->state();
}

TEST(MakeStrategy, makes_every_strategy_with_and_without_options) {
  for (const std::string& text : all_kinds()) EXPECT_NE(made(text), nullptr) << text;
  EXPECT_NE(made("random:stay=1"), nullptr);
  EXPECT_NE(made("pct:depth=100"), nullptr);
}

TEST(MakeStrategy, says_what_is_wrong_and_what_is_possible) {
  EXPECT_EQ(error_of("rnadom"),
            "unknown strategy 'rnadom': there are auto, random, starving, pct, pos, surw, rff, "
            "dfs, dpor");
  EXPECT_EQ(
      error_of(""),
      "unknown strategy '': there are auto, random, starving, pct, pos, surw, rff, dfs, dpor");
  EXPECT_EQ(error_of("random:sty=1"),
            "strategy 'random:sty=1': it has no option 'sty' (options: stay=0..1)");
  EXPECT_EQ(error_of("random:stay=2"),
            "strategy 'random:stay=2': stay is a probability from 0 to 1, not '2' "
            "(options: stay=0..1)");
  EXPECT_EQ(error_of("pct:depth=0"),
            "strategy 'pct:depth=0': depth is a whole number from 1 to 100, not '0' "
            "(options: depth=1..100, k=STEPS)");
  EXPECT_EQ(error_of("pct:k=0"),
            "strategy 'pct:k=0': k is a whole number from 1 to 1000000000000, not '0' "
            "(options: depth=1..100, k=STEPS)");
  EXPECT_EQ(error_of("pct:depth"), "strategy 'pct:depth': expected key=value, not 'depth'");
}

TEST(EveryStrategy, a_run_depends_on_seed_and_number_alone) {
  const SimulatedProgram program = program_with_choices();
  for (const std::string& text : all_kinds()) {
    // One goes through the runs in order, the other starts at run 50 and goes back.
    const auto forwards = made(text, 7);
    const auto backwards = made(text, 7);
    const std::string state = learned(text, 7, program);
    ASSERT_TRUE(forwards->set_state(state)) << text;
    ASSERT_TRUE(backwards->set_state(state)) << text;
    const std::uint64_t first = forwards->learns() ? Strategy::kLearningRuns : 0;
    std::vector<SimulatedRun> runs;
    for (std::uint64_t i = 0; i <= 50; ++i) runs.push_back(execute(program, *forwards, first + i));
    for (std::uint64_t i = 51; i-- > 0;) {
      const SimulatedRun again = execute(program, *backwards, first + i);
      EXPECT_EQ(again.order, runs[i].order) << text << " run " << first + i;
      EXPECT_EQ(again.choices, runs[i].choices) << text << " run " << first + i;
    }
    EXPECT_EQ(forwards->state(), state) << text;
  }
}

TEST(EveryStrategy, a_run_that_is_begun_again_repeats_itself_and_teaches_the_same) {
  const SimulatedProgram program = program_with_choices();
  for (const std::string& text : all_kinds()) {
    const auto once = made(text, 7);
    const auto twice = made(text, 7);
    for (std::uint64_t run = 0; run < 40; ++run) {
      const SimulatedRun expected = execute(program, *once, run);
      execute(program, *twice, run, 5);  // up to its fifth step
      EXPECT_EQ(execute(program, *twice, run).order, expected.order) << text << " run " << run;
    }
    EXPECT_EQ(once->state(), twice->state()) << text;
  }
}

TEST(EveryStrategy, goes_on_from_its_state_as_if_it_had_not_stopped) {
  const SimulatedProgram program = program_with_choices();
  for (const std::string& text : all_kinds()) {
    const auto without = made(text, 7);
    std::string state;
    for (std::uint64_t run = 0; run < 60; ++run) {
      const auto stopped = made(text, 7);
      ASSERT_TRUE(stopped->set_state(state)) << text;
      EXPECT_EQ(execute(program, *stopped, run).order, execute(program, *without, run).order)
          << text << " run " << run;
      state = stopped->state();
      EXPECT_EQ(state, without->state()) << text;
    }
  }
}

TEST(EveryStrategy, refuses_a_state_that_is_not_its_own_or_cut_short) {
  const SimulatedProgram program = program_with_choices();
  for (const std::string& text : all_kinds()) {
    EXPECT_FALSE(made(text)->set_state("another1 1 2 3")) << text;
    const std::string state = learned(text, 7, program);
    for (std::size_t size = 1; size < state.size(); size += 7) {
      EXPECT_FALSE(made(text)->set_state(state.substr(0, size))) << text << " " << size;
    }
  }
}

TEST(EveryStrategy, seeds_and_run_numbers_make_different_runs) {
  const SimulatedProgram program = program_with_choices();
  for (const std::string& text : all_kinds()) {
    std::set<std::vector<ThreadId>> by_run;
    std::set<std::vector<ThreadId>> by_seed;
    const auto strategy = made(text, 7);
    for (std::uint64_t i = 0; i < 50; ++i) {
      by_run.insert(execute(program, *strategy, i).order);
      by_seed.insert(execute(program, *made(text, i), 0).order);
    }
    // Without change points in reach PCT has the 3! = 6 orders of whole threads.
    EXPECT_GE(by_run.size(), 6U) << text;
    EXPECT_GE(by_seed.size(), 6U) << text;
  }
}

TEST(EveryStrategy, allocates_nothing_after_the_first_runs) {
  const SimulatedProgram program = program_with_choices();
  const Op pending{.kind = OpKind::write, .size = 4, .address = 64};
  std::vector<ReadyThread> ready(40);
  for (ThreadId id = 0; id < ready.size(); ++id) ready[id] = {id, &pending};
  SchedulingPoint point;
  point.ready = ready;
  for (const std::string& text : light_kinds()) {
    const auto strategy = made(text);
    const auto run = [&](std::uint64_t number) {
      strategy->begin_run(number);
      for (std::uint64_t step = 1; step <= 100; ++step) {
        point.step = step;
        point.thread = static_cast<ThreadId>(strategy->pick(point));
        strategy->choose(Choice::value, 3, point.thread, step);
        strategy->choose(Choice::timeout, 2, point.thread, step);
      }
      strategy->end_run({.decisions = 300});
    };
    run(0);
    const std::uint64_t before = allocation_count();
    for (std::uint64_t number = 1; number < 100; ++number) run(number);
    EXPECT_EQ(allocation_count(), before) << text;
  }
}

TEST(EveryStrategy, answers_stay_in_range) {
  for (const std::string& text : all_kinds()) {
    const auto strategy = made(text);
    for (std::uint64_t run = 0; run < 20; ++run) {
      strategy->begin_run(run);
      for (std::uint32_t n = 1; n < 40; ++n) {
        for (const Choice what : {Choice::waiter, Choice::spurious_wake, Choice::lone_wake,
                                  Choice::timeout, Choice::cas_failure, Choice::value}) {
          EXPECT_LT(strategy->choose(what, n, 0, n), n) << text;
        }
      }
    }
  }
}

}  // namespace
}  // namespace heddle
