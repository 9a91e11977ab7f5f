#include "fuzz/strategy/surw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

constexpr Address kShared = 64;

SimulatedStep write(Address address) {
  SimulatedStep made;
  made.op = {.kind = OpKind::write, .size = 4, .address = address, .pc = address};
  return made;
}

// A strategy that has had its counting runs.
std::string counted(const SimulatedProgram& program) {
  Surw surw(1);
  for (std::uint64_t run = 0; run < 4; ++run) execute(program, surw, run);
  return surw.state();
}

TEST(Surw, all_interleavings_are_equally_likely_whatever_the_threads_lengths) {
  const SimulatedProgram program{std::vector<SimulatedStep>(1, write(kShared)),
                                 std::vector<SimulatedStep>(4, write(kShared))};
  Surw surw(1);
  ASSERT_TRUE(surw.set_state(counted(program)));
  constexpr std::uint64_t kRuns = 5000;
  std::array<int, 5> at{};
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const auto order = execute(program, surw, Strategy::kLearningRuns + run).order;
    ++at[static_cast<std::size_t>(std::find(order.begin(), order.end(), 0U) - order.begin())];
  }
  // 1000 each, with a standard deviation of 28. Of a plain random walk 2500, 1250, 625, ...
  for (const int count : at) {
    EXPECT_GT(count, 880);
    EXPECT_LT(count, 1120);
  }
}

TEST(Surw, steps_that_no_other_thread_can_see_do_not_weigh) {
  SimulatedProgram program{std::vector<SimulatedStep>(1, write(kShared)), {}};
  for (Address i = 1; i <= 30; ++i) program[1].push_back(write(1024 * i));
  program[1].push_back(write(kShared));
  Surw surw(1);
  ASSERT_TRUE(surw.set_state(counted(program)));
  constexpr std::uint64_t kRuns = 2000;
  std::uint64_t last = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    last += execute(program, surw, Strategy::kLearningRuns + run).order.back() == 0 ? 1 : 0;
  }
  EXPECT_GT(last, kRuns * 45 / 100);
  EXPECT_LT(last, kRuns * 55 / 100);
}

TEST(Surw, a_thread_that_waits_for_a_lock_may_be_the_next_to_take_one) {
  // The second thread overtakes the first between its two locks.
  struct State {
    int owner[2] = {-1, -1};
    std::vector<int> taken;
  };
  State state;
  const auto lock = [&](int thread, int mutex) {
    SimulatedStep made;
    made.op = {.kind = OpKind::mutex_lock, .address = static_cast<Address>(64 * (1 + mutex))};
    made.possible = [&state, mutex] { return state.owner[mutex] < 0; };
    made.action = [&state, thread, mutex] {
      state.owner[mutex] = thread;
      state.taken.push_back(10 * thread + mutex);
    };
    return made;
  };
  const auto unlock = [&](int mutex) {
    SimulatedStep made;
    made.op = {.kind = OpKind::mutex_unlock, .address = static_cast<Address>(64 * (1 + mutex))};
    made.action = [&state, mutex] { state.owner[mutex] = -1; };
    return made;
  };
  SimulatedProgram program;
  for (int thread = 0; thread < 2; ++thread) {
    program.push_back({lock(thread, 0), unlock(0), lock(thread, 1), unlock(1)});
  }
  Surw surw(1);
  int overtaken = 0;
  constexpr int kRuns = 600;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    state = {};
    execute(program, surw, run);
    overtaken += state.taken == std::vector<int>{0, 10, 11, 1} ? 1 : 0;
  }
  EXPECT_GT(overtaken, kRuns / 20);
}

TEST(Surw, threads_that_wait_in_loops_do_not_hold_up_the_one_they_wait_for) {
  // The first thread may be drawn for the next step of interest, but waits for the last one, which
  // therefore is held at its own; the others yield until that has gone.
  bool set = false;
  const auto waiting = [&set](SimulatedStep step, bool spins) {
    step.spins = spins;
    step.possible = [&set] { return set; };
    return step;
  };
  SimulatedStep yield;
  yield.op = {.kind = OpKind::yield};
  SimulatedStep release = write(kShared);
  release.action = [&set] { set = true; };
  const SimulatedProgram program{
      {waiting(write(kShared), false)}, {waiting(yield, true)}, {waiting(yield, true)}, {release}};
  Surw surw(1);
  for (std::uint64_t run = 0; run < 1000; ++run) {
    set = false;
    EXPECT_LT(execute(program, surw, run, 1000).order.size(), 100U) << run;
  }
}

TEST(Surw, refuses_a_profile_out_of_order) {
  EXPECT_TRUE(Surw(1).set_state("surw1 2 0 5 1 1 5 1"));
  EXPECT_FALSE(Surw(1).set_state("surw1 2 1 5 1 0 5 1"));
}

}  // namespace
}  // namespace heddle
