#include "harness/model/distinct.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace heddle {
namespace {

// As in shared memory: zero-filled.
std::unique_ptr<DistinctSketch> make_sketch() {
  return std::make_unique<DistinctSketch>();
}

DistinctCount counted(const std::vector<const DistinctSketch*>& sketches) {
  DistinctCount count;
  for (const DistinctSketch* sketch : sketches) {
    sketch->for_each([&](const DistinctEntry& entry) { count.add(entry); });
  }
  return count;
}

TEST(DistinctTest, nothing_is_none) {
  const auto sketch = make_sketch();
  EXPECT_EQ(counted({sketch.get()}).count(), 0U);
  EXPECT_EQ(counted({sketch.get()}).count_from(0), 0U);
}

TEST(DistinctTest, few_are_counted_exactly) {
  const auto sketch = make_sketch();
  for (std::uint64_t run = 0; run < 100'000; ++run) {
    // Run 95'000 is the first with 6.
    sketch->add(run < 95'000 ? run % 6 : run % 7, run);
  }
  const DistinctCount count = counted({sketch.get()});
  EXPECT_TRUE(count.exact());
  EXPECT_EQ(count.count(), 7U);
  EXPECT_EQ(count.count_from(90'000), 1U);
  EXPECT_EQ(count.count_from(0), 7U);
}

TEST(DistinctTest, as_many_as_are_kept_are_exact_and_more_are_not) {
  const auto sketch = make_sketch();
  for (std::uint64_t i = 0; i < DistinctSketch::kKept; ++i) sketch->add(i, i);
  EXPECT_TRUE(counted({sketch.get()}).exact());
  EXPECT_EQ(counted({sketch.get()}).count(), DistinctSketch::kKept);
  sketch->add(DistinctSketch::kKept, DistinctSketch::kKept);
  EXPECT_FALSE(counted({sketch.get()}).exact());
}

TEST(DistinctTest, many_are_estimated) {
  constexpr std::uint64_t kMany = 1'000'000;
  const auto sketch = make_sketch();
  for (std::uint64_t run = 0; run < kMany; ++run) sketch->add(run, run);
  const DistinctCount count = counted({sketch.get()});
  EXPECT_FALSE(count.exact());
  // Four standard errors.
  EXPECT_NEAR(static_cast<double>(count.count()), kMany, kMany * 4 * 0.0156);
  // A tenth of all were first seen in the last tenth.
  EXPECT_NEAR(static_cast<double>(count.count_from(kMany - kMany / 10)), kMany / 10.0,
              kMany / 10.0 * 4 * 0.05);
}

TEST(DistinctTest, it_does_not_matter_who_saw_what_and_in_which_order) {
  constexpr std::uint64_t kRuns = 200'000;
  const auto number = [](std::uint64_t run) { return run * run % 60'013; };
  const auto one = make_sketch();
  const auto first = make_sketch();
  const auto second = make_sketch();
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    one->add(number(run), run);
    (run < kRuns / 3 ? first : second)->add(number(run), run);
  }
  const DistinctCount alone = counted({one.get()});
  const DistinctCount together = counted({second.get(), first.get()});
  EXPECT_FALSE(alone.exact());
  EXPECT_EQ(alone.exact(), together.exact());
  EXPECT_EQ(alone.count(), together.count());
  EXPECT_GT(alone.count_from(kRuns / 10), 0U);
  EXPECT_EQ(alone.count_from(kRuns / 10), together.count_from(kRuns / 10));
}

TEST(DistinctTest, cleared_it_is_as_new) {
  const auto sketch = make_sketch();
  for (std::uint64_t i = 0; i < 100'000; ++i) sketch->add(i, i);
  sketch->clear();
  EXPECT_EQ(counted({sketch.get()}).count(), 0U);
  for (std::uint64_t i = 0; i < 100; ++i) sketch->add(i, i);
  EXPECT_EQ(counted({sketch.get()}).count(), 100U);
}

}  // namespace
}  // namespace heddle
