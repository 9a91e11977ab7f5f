#include "harness/search/known_well.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(KnownWell, a_program_that_always_hangs_is_known_after_some_runs) {
  EXPECT_TRUE(is_known_well({.hits = 20, .runs = 20}, 40));
}

TEST(KnownWell, neither_few_failures_nor_little_time_nor_cheap_runs_are_enough) {
  EXPECT_FALSE(is_known_well({.hits = 19, .runs = 19}, 400));
  EXPECT_FALSE(is_known_well({.hits = 20, .runs = 20}, 29));
  EXPECT_FALSE(is_known_well({.hits = 9'000, .runs = 9'000}, 60));
  EXPECT_FALSE(is_known_well({.hits = 0, .runs = 100}, 1'000)) << "nothing is known of failures";
  EXPECT_FALSE(is_known_well({.hits = 25, .runs = 50}, 100)) << "anything from 37 to 63 %";
  EXPECT_FALSE(is_known_well({.hits = 200, .runs = 20}, 100)) << "counters that cannot be";
}

}  // namespace
}  // namespace heddle
