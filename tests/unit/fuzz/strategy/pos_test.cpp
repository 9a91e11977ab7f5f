#include "fuzz/strategy/pos.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

SimulatedStep step(OpKind kind, Address address) {
  SimulatedStep made;
  made.op = {.kind = kind, .size = 4, .address = address, .pc = address};
  return made;
}

TEST(Pos, draws_the_order_of_operations_that_race) {
  const SimulatedProgram program(3, {step(OpKind::write, 64)});
  Pos pos(1);
  std::map<std::vector<ThreadId>, int> orders;
  for (std::uint64_t run = 0; run < 600; ++run) ++orders[execute(program, pos, run).order];
  EXPECT_EQ(orders.size(), 6U);
  for (const auto& [order, count] : orders) {
    EXPECT_GT(count, 60) << order[0] << order[1] << order[2];
    EXPECT_LT(count, 140) << order[0] << order[1] << order[2];
  }
}

TEST(Pos, what_only_enables_others_goes_first) {
  const SimulatedProgram program{
      {step(OpKind::thread_create, 0), step(OpKind::thread_create, 0), step(OpKind::write, 64)},
      {step(OpKind::thread_start, 0), step(OpKind::write, 64)},
      {step(OpKind::thread_start, 0), step(OpKind::write, 64)}};
  Pos pos(1);
  for (std::uint64_t run = 0; run < 50; ++run) {
    const std::vector<ThreadId> order = execute(program, pos, run).order;
    EXPECT_EQ(std::vector<ThreadId>(order.begin(), order.begin() + 4),
              (std::vector<ThreadId>{0, 0, 1, 2}));
  }
}

TEST(Pos, independent_operations_do_not_crowd_out_the_order_of_those_that_race) {
  // The second thread's write comes after twenty steps of its own; a random walk would nearly never
  // have it go first.
  SimulatedProgram program{{step(OpKind::write, 64)}, {}};
  for (Address address = 1; address <= 20; ++address) {
    program[1].push_back(step(OpKind::write, 1024 * address));
  }
  program[1].push_back(step(OpKind::write, 64));
  Pos pos(1);
  int last = 0;
  for (std::uint64_t run = 0; run < 2000; ++run) {
    last += execute(program, pos, run).order.back() == 0 ? 1 : 0;
  }
  // 1 of 22 priorities is the lowest.
  EXPECT_GT(last, 45);
}

TEST(Pos, threads_that_wait_in_loops_do_not_hold_up_the_one_they_wait_for) {
  bool set = false;
  SimulatedStep spin = step(OpKind::yield, 0);
  spin.spins = true;
  spin.possible = [&set] { return set; };
  SimulatedStep release = step(OpKind::write, 64);
  release.action = [&set] { set = true; };
  const SimulatedProgram program{{spin}, {spin}, {spin}, {release}};
  Pos pos(1);
  for (std::uint64_t run = 0; run < 1000; ++run) {
    set = false;
    EXPECT_LT(execute(program, pos, run, 1000).order.size(), 100U) << run;
  }
}

}  // namespace
}  // namespace heddle
