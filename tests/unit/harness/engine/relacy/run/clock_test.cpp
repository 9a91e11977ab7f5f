#include "harness/engine/relacy/run/clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <cstdint>

namespace heddle::relacy {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST(RelacyClock, each_look_shows_a_later_time) {
  Clock clock;
  const std::int64_t first = nanoseconds(clock.look());
  EXPECT_GT(first, 0);
  EXPECT_GT(nanoseconds(clock.look()), first);
}

TEST(RelacyClock, sleep_passes_its_duration) {
  Clock clock;
  const std::int64_t before = nanoseconds(clock.look());
  clock.pass({.tv_sec = 2, .tv_nsec = 500});
  const std::int64_t after = nanoseconds(clock.look());
  EXPECT_GE(after - before, 2'000'000'500);
  EXPECT_LT(after - before, 2'100'000'000);
}

TEST(RelacyClock, reaches_a_deadline_and_never_goes_back) {
  Clock clock;
  const timespec now = clock.look();
  const timespec deadline{.tv_sec = now.tv_sec + 3, .tv_nsec = now.tv_nsec};
  clock.pass_until(deadline);
  const std::int64_t after = nanoseconds(clock.look());
  EXPECT_GE(after, nanoseconds(deadline));
  clock.pass_until(now);
  EXPECT_GT(nanoseconds(clock.look()), after);
}

TEST(RelacyClock, each_run_begins_at_the_same_time) {
  Clock clock;
  const std::int64_t first = nanoseconds(clock.look());
  clock.pass({.tv_sec = 1, .tv_nsec = 0});
  clock.begin_run();
  EXPECT_EQ(nanoseconds(clock.look()), first);
}

}  // namespace
}  // namespace heddle::relacy
