#include "harness/model/rate.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(RateTest, interval_is_the_published_wilson_interval) {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  const Interval a = wilson_interval({81, 263});
  EXPECT_NEAR(a.low, 0.2553, 5e-5);
  EXPECT_NEAR(a.high, 0.3662, 5e-5);
  const Interval b = wilson_interval({15, 148});
  EXPECT_NEAR(b.low, 0.0624, 5e-5);
  EXPECT_NEAR(b.high, 0.1605, 5e-5);
  const Interval c = wilson_interval({0, 20});
  EXPECT_EQ(c.low, 0.0);
  EXPECT_NEAR(c.high, 0.1611, 5e-5);
  const Interval d = wilson_interval({1, 29});
  EXPECT_NEAR(d.low, 0.0061, 5e-5);
  EXPECT_NEAR(d.high, 0.1718, 5e-5);
}

TEST(RateTest, ends_are_exact_where_all_or_no_runs_failed) {
  EXPECT_EQ(wilson_interval({0, 10'000}).low, 0.0);
  EXPECT_EQ(wilson_interval({10'000, 10'000}).high, 1.0);
}

TEST(RateTest, no_runs_say_nothing) {
  EXPECT_EQ(fraction({0, 0}), 0.0);
  EXPECT_EQ(wilson_interval({0, 0}).low, 0.0);
  EXPECT_EQ(wilson_interval({0, 0}).high, 1.0);
  EXPECT_EQ(zero_failure_bound(0), 1.0);
}

TEST(RateTest, zero_failure_bound_solves_its_equation) {
  // (1 - bound)^runs = 5 %.
  EXPECT_NEAR(zero_failure_bound(1), 0.95, 1e-12);
  EXPECT_NEAR(zero_failure_bound(10'000), 2.99528e-4, 1e-9);
}

}  // namespace
}  // namespace heddle
