#include "fuzz/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

namespace heddle {
namespace {

TEST(SplitMix, gives_the_numbers_of_its_reference_implementation) {
  // Steele, Lea, Flood; java.util.SplittableRandom with seed 1234567.
  std::uint64_t state = 1234567;
  EXPECT_EQ(split_mix(state), 6457827717110365317U);
  EXPECT_EQ(split_mix(state), 3203168211198807973U);
  EXPECT_EQ(split_mix(state), 9817491932198370423U);
}

TEST(Random, gives_the_numbers_of_xoshiro256_starstar) {
  // The reference implementation, its state filled by SplitMix64 from 0. The last number that the
  // constructor mixes in is chosen so that it starts there too.
  std::uint64_t state = 1;
  state = split_mix(state) + 2;
  Random random(1, 2, 0 - split_mix(state));
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4U);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aU);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0U);
  EXPECT_EQ(random.next(), 0x6aa594f1262d2d2cU);
}

TEST(Random, depends_on_seed_run_and_thread_and_on_nothing_else) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t run = 0; run < 10; ++run) {
      for (std::uint64_t thread = 0; thread < 10; ++thread) {
        Random one(seed, run, thread);
        Random same(seed, run, thread);
        EXPECT_EQ(one.next(), same.next());
        firsts.insert(one.next());
      }
    }
  }
  EXPECT_EQ(firsts.size(), 1000U);
}

TEST(Random, below_stays_below_and_reaches_every_value_about_equally_often) {
  Random random(1);
  constexpr int kDraws = 60'000;
  std::array<int, 6> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t value = random.below(counts.size());
    ASSERT_LT(value, counts.size());
    ++counts[value];
  }
  // 10 000 each; 6 standard deviations of sqrt(60 000 * 1/6 * 5/6) = 91.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 550);
}

TEST(Random, below_is_unbiased_where_scaling_alone_would_not_be) {
  // For n = 3/4 of 2^64 a plain x * n / 2^64 maps four numbers to three: every third value would
  // come twice as often as the others.
  constexpr std::uint64_t kN = std::uint64_t{3} << 62U;
  Random random(2);
  std::array<int, 3> counts{};
  for (int i = 0; i < 9'000; ++i) ++counts[random.below(kN) % 3];
  for (const int count : counts) EXPECT_NEAR(count, 3'000, 270);  // 6 standard deviations of 45
}

TEST(Random, below_one_is_zero) {
  Random random(3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, chance_is_certain_at_both_ends) {
  Random random(4);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(random.chance(1));
    EXPECT_FALSE(random.chance(0));
  }
}

}  // namespace
}  // namespace heddle
