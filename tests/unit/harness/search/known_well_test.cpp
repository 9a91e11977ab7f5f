#include "harness/search/known_well.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(KnownWell, a_program_that_always_hangs_is_known_after_some_runs) {
  EXPECT_TRUE(is_known_well({.hits = 20, .runs = 20}, 40));
}

TEST(KnownWell, neither_few_failures_nor_little_time_nor_cheap_runs_are_enough) {
  EXPECT_FALSE(is_known_well({.hits = 19, .runs = 20}, 400));
  EXPECT_FALSE(is_known_well({.hits = 20, .runs = 21}, 29));
  EXPECT_FALSE(is_known_well({.hits = 9'000, .runs = 9'000}, 17)) << "they cost next to nothing";
  EXPECT_TRUE(is_known_well({.hits = 400, .runs = 400}, 6)) << "each ends its process";
  EXPECT_FALSE(is_known_well({.hits = 90, .runs = 90}, 2));
  EXPECT_FALSE(is_known_well({.hits = 399, .runs = 400}, 6)) << "one that passes is worth more";
  EXPECT_FALSE(is_known_well({.hits = 0, .runs = 100}, 1'000)) << "nothing is known of failures";
  EXPECT_FALSE(is_known_well({.hits = 25, .runs = 50}, 100)) << "anything from 37 to 63 %";
  EXPECT_FALSE(is_known_well({.hits = 200, .runs = 20}, 100)) << "counters that cannot be";
}

TEST(KnownWell, where_every_run_fails_fewer_are_enough) {
  EXPECT_TRUE(is_known_well({.hits = 6, .runs = 6}, 5));
  EXPECT_FALSE(is_known_well({.hits = 5, .runs = 5}, 11));
  EXPECT_FALSE(is_known_well({.hits = 6, .runs = 6}, 4.9));
  EXPECT_FALSE(is_known_well({.hits = 6, .runs = 7}, 20));
  EXPECT_FALSE(is_known_well({.hits = 99, .runs = 99}, 19)) << "that is cheap enough";
}

TEST(KnownWell, where_each_took_seconds_two_are_enough) {
  EXPECT_TRUE(is_known_well({.hits = 2, .runs = 2}, 12));
  EXPECT_FALSE(is_known_well({.hits = 1, .runs = 1}, 60));
  EXPECT_FALSE(is_known_well({.hits = 2, .runs = 2}, 11));
  EXPECT_FALSE(is_known_well({.hits = 5, .runs = 5}, 14)) << "that is cheap enough";
  EXPECT_FALSE(is_known_well({.hits = 2, .runs = 3}, 60)) << "one has passed";
}

TEST(KnownWell, runs_that_never_end_are_known_after_a_few) {
  EXPECT_TRUE(never_ends(EngineKind::stress, 2, 0, 12));
  EXPECT_FALSE(never_ends(EngineKind::stress, 1, 0, 60));
  EXPECT_FALSE(never_ends(EngineKind::stress, 2, 0, 11));
  EXPECT_FALSE(never_ends(EngineKind::stress, 20, 1, 60)) << "one has ended";
  EXPECT_FALSE(never_ends(EngineKind::stress, 19, 0, 47)) << "that is cheap enough";
  EXPECT_TRUE(never_ends(EngineKind::fuzz, 20, 0, 8)) << "in no order";
  EXPECT_FALSE(never_ends(EngineKind::fuzz, 100, 0, 7));
  EXPECT_FALSE(never_ends(EngineKind::fuzz, 10'000, 1, 60));
  EXPECT_FALSE(never_ends(EngineKind::fuzz, 19, 0, 59));
  EXPECT_TRUE(never_ends(EngineKind::fuzz, 19, 0, 60));
}

}  // namespace
}  // namespace heddle
