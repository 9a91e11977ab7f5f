// A GoogleTest program as people have them: tests with threads, right and wrong, tests without,
// parameterised and typed ones.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

template <typename Increment>
void twice_at_once(Increment increment) {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
}

TEST(Counter, Unlocked) {
  int counter = 0;
  twice_at_once([&] { ++counter; });
  EXPECT_EQ(counter, 2) << "an increment was lost";
}

TEST(Counter, Locked) {
  int counter = 0;
  std::mutex mutex;
  twice_at_once([&] {
    std::lock_guard<std::mutex> lock(mutex);
    ++counter;
  });
  EXPECT_EQ(counter, 2);
}

// Loses an increment without a race.
TEST(Counter, LoadAndStore) {
  std::atomic<int> counter{0};
  twice_at_once([&] { counter.store(counter.load() + 1); });
  EXPECT_EQ(counter, 2) << "an increment was lost";
}

TEST(Counter, OfOneThread) {
  int counter = 0;
  ++counter;
  EXPECT_EQ(counter, 1);
}

TEST(Counter, DISABLED_Endless) {
  for (;;) twice_at_once([] {});
}

class Sum : public testing::TestWithParam<int> {};

TEST_P(Sum, OfAtomicIncrements) {
  std::atomic<int> sum{0};
  twice_at_once([&] { sum += GetParam(); });
  EXPECT_EQ(sum, 2 * GetParam());
}

INSTANTIATE_TEST_SUITE_P(Of, Sum, testing::Values(1, 10));

template <typename T>
class Typed : public testing::Test {};
using Types = testing::Types<int, long>;
TYPED_TEST_SUITE(Typed, Types);

TYPED_TEST(Typed, OneThread) {
  EXPECT_EQ(TypeParam{}, 0);
}

// A report for each run would fill the disk.
TEST(Environment, NamesNoReport) {
  EXPECT_EQ(std::getenv("GTEST_OUTPUT"), nullptr);
}
