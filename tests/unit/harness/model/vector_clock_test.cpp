#include "harness/model/vector_clock.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

// More threads than fit without memory of its own.
constexpr ThreadId kMany = 40;

TEST(VectorClockTest, knows_nothing_that_was_not_set) {
  VectorClock clock;
  EXPECT_TRUE(clock.empty());
  clock.set(3, 7);
  EXPECT_EQ(clock.size(), 4U);
  EXPECT_EQ(clock.get(2), 0U);
  EXPECT_EQ(clock.get(3), 7U);
  EXPECT_EQ(clock.get(kMany), 0U);
}

TEST(VectorClockTest, what_was_cleared_or_overwritten_does_not_come_back) {
  for (const ThreadId last : {ThreadId{4}, kMany}) {
    VectorClock clock;
    for (ThreadId thread = 0; thread <= last; ++thread) clock.set(thread, 9);
    VectorClock overwritten = clock;
    clock.clear();
    clock.set(last, 1);
    EXPECT_EQ(clock.get(last - 1), 0U);

    VectorClock small;
    small.set(0, 5);
    overwritten = small;
    EXPECT_EQ(overwritten.size(), 1U);
    overwritten.set(last, 1);
    EXPECT_EQ(overwritten.get(0), 5U);
    for (ThreadId thread = 1; thread < last; ++thread) EXPECT_EQ(overwritten.get(thread), 0U);
  }
}

TEST(VectorClockTest, a_join_knows_what_either_knew) {
  for (const ThreadId last : {ThreadId{4}, kMany}) {
    VectorClock a;
    a.set(0, 5);
    a.set(1, 1);
    VectorClock b;
    b.set(1, 4);
    b.set(last, 2);
    EXPECT_FALSE(a.ordered_before(b));
    a.join(b);
    EXPECT_EQ(a.get(0), 5U);
    EXPECT_EQ(a.get(1), 4U);
    EXPECT_EQ(a.get(last), 2U);
    EXPECT_TRUE(b.ordered_before(a));
  }
}

TEST(VectorClockTest, a_copy_is_another_clock) {
  for (const ThreadId last : {ThreadId{4}, kMany}) {
    VectorClock a;
    a.set(last, 3);
    VectorClock b = a;
    b.set(last, 8);
    EXPECT_EQ(a.get(last), 3U);
    EXPECT_EQ(b.get(last), 8U);
  }
}

}  // namespace
}  // namespace heddle
