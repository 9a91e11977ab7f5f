#include "fuzz/strategy/rff.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "fuzz/strategy/pos.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

// Setters write a and then b, a checker reads both: it is to see one write and not the other.
struct Reorder {
  explicit Reorder(std::size_t setters) {
    for (std::size_t i = 0; i < setters; ++i) {
      program.push_back({step(OpKind::write, 64, [this] { a = 1; }),
                         step(OpKind::write, 128, [this] { b = 1; })});
    }
    program.push_back({step(OpKind::read, 64, [this] { seen_a = a; }),
                       step(OpKind::read, 128, [this] { seen_b = b; })});
  }
  Reorder(const Reorder&) = delete;
  Reorder& operator=(const Reorder&) = delete;

  static SimulatedStep step(OpKind kind, Address address, std::function<void()> action) {
    SimulatedStep made;
    made.op = {.kind = kind,
               .size = 4,
               .address = address,
               .pc = address + (kind == OpKind::read ? 1U : 0U)};
    made.action = std::move(action);
    return made;
  }

  bool fails(Strategy& strategy, std::uint64_t run) {
    a = b = 0;
    execute(program, strategy, run);
    return seen_a != seen_b;
  }

  SimulatedProgram program;
  int a = 0;
  int b = 0;
  int seen_a = 0;
  int seen_b = 0;
};

std::uint64_t failures(Reorder& program, Strategy& strategy, std::uint64_t runs) {
  std::uint64_t count = 0;
  for (std::uint64_t run = 0; run < runs; ++run) count += program.fails(strategy, run) ? 1 : 0;
  return count;
}

TEST(Rff, brings_about_reads_that_chance_seldom_does) {
  Reorder program(50);
  Rff rff(1);
  Pos pos(1);
  constexpr std::uint64_t kRuns = 400;
  const std::uint64_t by_chance = failures(program, pos, kRuns);
  EXPECT_LT(by_chance, kRuns / 20);
  EXPECT_GT(failures(program, rff, kRuns), kRuns / 10);
}

TEST(Rff, keeps_what_it_learned_after_the_learning_runs) {
  Reorder program(50);
  Rff learner(1);
  failures(program, learner, 100);
  Rff rff(1);
  ASSERT_TRUE(rff.set_state(learner.state()));
  std::uint64_t count = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    count += program.fails(rff, Strategy::kLearningRuns + run) ? 1 : 0;
  }
  EXPECT_GT(count, 40U);
  EXPECT_EQ(rff.state(), learner.state());
}

TEST(Rff, a_wish_that_cannot_be_granted_does_not_hold_the_run_up) {
  // Either thread waits for the other's write to have been first, whatever is wished.
  const SimulatedProgram program(
      2, {Reorder::step(OpKind::read, 64, [] {}), Reorder::step(OpKind::write, 64, [] {}),
          Reorder::step(OpKind::read, 64, [] {})});
  Rff rff(1);
  for (std::uint64_t run = 0; run < 200; ++run) {
    EXPECT_EQ(execute(program, rff, run).order.size(), 6U) << run;
  }
}

TEST(Rff, threads_that_wait_in_loops_for_one_that_a_wish_holds_back_do_not_go_in_turn_for_ever) {
  bool set = false;
  // The wish that the last read sees what was there at first holds the writer back.
  const auto spin = [&set] {
    SimulatedStep made = Reorder::step(OpKind::atomic_load, 64, [] {});
    made.spins = true;
    made.possible = [&set] { return set; };
    return made;
  };
  const SimulatedStep last = Reorder::step(OpKind::read, 64, [] {});
  const SimulatedProgram program{
      {spin(), last}, {spin(), last}, {Reorder::step(OpKind::write, 64, [&set] { set = true; })}};
  Rff rff(1);
  for (std::uint64_t run = 0; run < 300; ++run) {
    set = false;
    EXPECT_FALSE(execute(program, rff, run, 5000).gave_up) << run;
  }
}

}  // namespace
}  // namespace heddle
