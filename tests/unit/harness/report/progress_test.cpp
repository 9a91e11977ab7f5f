#include "harness/report/progress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "harness/report/text.h"

namespace heddle {
namespace {

using std::chrono::milliseconds;

Progress progress(std::uint64_t runs) {
  return {.case_name = "unlocked_counter",
          .engine = "fuzz",
          .activity = "",
          .runs = runs,
          .planned = 10'000,
          .failed = 12,
          .seconds = 2};
}

TEST(ProgressTest, says_case_engine_runs_failures_and_speed) {
  EXPECT_EQ(progress_text(progress(5000), 100),
            "unlocked_counter  fuzz  5 000 of 10 000 runs, 12 failed, 2 500 runs/s");
}

TEST(ProgressTest, is_never_wider_than_asked) {
  for (std::size_t width = 1; width < 90; ++width) {
    EXPECT_LE(width_of(progress_text(progress(5000), width)), width);
  }
}

TEST(ProgressLineTest, is_rewritten_in_place_and_wiped_at_the_end) {
  std::ostringstream out;
  {
    ProgressLine line{out, 80};
    line.show(progress(1));
  }
  const std::string text = out.str();
  EXPECT_TRUE(text.starts_with("\r\x1b[Kunlocked_counter"));
  EXPECT_TRUE(text.ends_with("\r\x1b[K"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(ProgressLineTest, changes_at_most_ten_times_a_second_but_for_a_new_subject) {
  std::ostringstream out;
  ProgressLine line{out, 80};
  const ProgressLine::Clock::time_point start{};
  line.show(progress(1), start);
  const std::size_t shown = out.str().size();
  line.show(progress(2), start + milliseconds{99});
  EXPECT_EQ(out.str().size(), shown);
  line.show(progress(3), start + milliseconds{100});
  EXPECT_GT(out.str().size(), shown);

  const std::size_t before = out.str().size();
  Progress shrinking = progress(4);
  shrinking.activity = "shrinking";
  line.show(shrinking, start + milliseconds{101});
  EXPECT_NE(out.str().find("shrinking", before), std::string::npos);
}

TEST(ProgressLineTest, writes_nothing_if_nothing_was_shown) {
  std::ostringstream out;
  { ProgressLine line{out, 80}; }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace heddle
