#include "fuzz/strategy/starving.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

// Runs in which thread 0 takes its first step when all others have taken their last.
int last_in(Strategy& strategy, const SimulatedProgram& program, int runs) {
  int count = 0;
  for (int run = 0; run < runs; ++run) {
    const auto order = execute(program, strategy, static_cast<std::uint64_t>(run)).order;
    const auto first = std::find(order.begin(), order.end(), 0U);
    count += std::all_of(first, order.end(), [](ThreadId thread) { return thread == 0; }) ? 1 : 0;
  }
  return count;
}

TEST(Starving, lets_others_come_to_their_end_first) {
  // Thread 0 is drawn in 1/6 (1 + 1/2 + ... + 1/6) = 0.41 of the runs, from the first decision on
  // in half of them, and for longer than the others need in 3/4: in 0.15.
  Starving strategy({}, 1);
  EXPECT_GT(last_in(strategy, idle_program(3, 50), 2'000), 200);
  // At 2/3 for each of 100 steps in the fairest third of the runs, and 0.97 in the least fair.
  RandomWalk walk({.stay = 0}, 1);
  EXPECT_EQ(last_in(walk, idle_program(3, 50), 2'000), 0);
}

TEST(Starving, covers_all_interleavings_of_a_tiny_program) {
  // 2 threads of 3 steps: C(6,3) = 20 interleavings. Thread 2 or higher, which there is none of, is
  // drawn in 1/6 (1/3 + 2/4 + 3/5 + 4/6) = 0.35 of the runs, and a third of them is fair: P(one is
  // missed) < 20 (1 - 0.35 / 96)^10000 = 3e-15.
  Starving strategy({}, 1);
  std::set<std::vector<ThreadId>> seen;
  for (std::uint64_t run = 0; run < 10'000; ++run) {
    seen.insert(execute(idle_program(2, 3), strategy, run).order);
  }
  EXPECT_EQ(seen.size(), 20U);
}

TEST(Starving, a_run_is_the_same_whatever_was_run_before) {
  Starving strategy({}, 7);
  const auto first = execute(idle_program(3, 20), strategy, 5).order;
  execute(idle_program(3, 20), strategy, 6);
  EXPECT_EQ(execute(idle_program(3, 20), strategy, 5).order, first);
}

}  // namespace
}  // namespace heddle
