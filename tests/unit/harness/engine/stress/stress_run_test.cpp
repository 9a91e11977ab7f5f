#include "harness/engine/stress/stress_run.h"

#include <gtest/gtest.h>

#include <array>

namespace heddle::stress {
namespace {

TEST(DrawStart, DoesNothingWithoutDelays) {
  const DelayPlan none{.shape = DelayShape::none, .probability = 0, .mean_ns = 0};
  for (std::uint64_t run = 0; run < 1'000; ++run) {
    EXPECT_EQ(draw_start(none, 1, run), Start::at_once);
  }
}

TEST(DrawStart, DependsOnSeedAndRunAlone) {
  const DelayPlan plan;
  for (std::uint64_t run = 0; run < 100; ++run) {
    EXPECT_EQ(draw_start(plan, 7, run), draw_start(plan, 7, run));
  }
}

TEST(DrawStart, HoldsThreadsBackInHalfOfTheRunsAndTakesEachOtherWayInAQuarter) {
  std::array<int, 3> counts{};
  const DelayPlan plan;
  for (std::uint64_t run = 0; run < 4'000; ++run) {
    ++counts[static_cast<std::size_t>(draw_start(plan, 3, run))];
  }
  // Fixed seed; six standard deviations (27 and 32) around the expected 1 000 and 2 000.
  EXPECT_NEAR(counts[static_cast<std::size_t>(Start::together)], 2'000, 190);
  EXPECT_NEAR(counts[static_cast<std::size_t>(Start::with_creator)], 1'000, 165);
  EXPECT_NEAR(counts[static_cast<std::size_t>(Start::at_once)], 1'000, 165);
}

}  // namespace
}  // namespace heddle::stress
