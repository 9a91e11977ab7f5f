#include "fuzz/delay/delay_plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace heddle {
namespace {

DelayPlan parsed(std::string_view text) {
  const auto result = parse_delay_plan(text);
  const auto* error = std::get_if<DelayPlanError>(&result);
  EXPECT_EQ(error, nullptr) << error->message;
  return error == nullptr ? std::get<DelayPlan>(result) : DelayPlan{};
}

std::string error_of(std::string_view text) {
  const auto result = parse_delay_plan(text);
  const auto* error = std::get_if<DelayPlanError>(&result);
  return error != nullptr ? error->message : "no error";
}

std::vector<std::uint64_t> draw(DelayStream stream, std::size_t count) {
  std::vector<std::uint64_t> delays(count);
  for (std::uint64_t& delay : delays) delay = stream.next_ns();
  return delays;
}

struct Summary {
  double delayed = 0;  // of all points, how many had a delay
  double mean_ns = 0;  // of the delays
  std::uint64_t longest_ns = 0;
};

Summary summary_of(const DelayPlan& plan, std::size_t points) {
  Summary summary;
  for (const std::uint64_t delay : draw(DelayStream(plan, 1, 2, 3), points)) {
    if (delay == 0) continue;
    summary.delayed += 1;
    summary.mean_ns += static_cast<double>(delay);
    summary.longest_ns = std::max(summary.longest_ns, delay);
  }
  if (summary.delayed > 0) summary.mean_ns /= summary.delayed;
  summary.delayed /= static_cast<double>(points);
  return summary;
}

TEST(ParseDelayPlan, reads_every_shape) {
  EXPECT_EQ(parsed("none").shape, DelayShape::none);
  EXPECT_EQ(parsed("yield:p=0.1"), (DelayPlan{DelayShape::yield, 0.1}));
  EXPECT_EQ(parsed("uniform:p=0.5,mean=2us"), (DelayPlan{DelayShape::uniform, 0.5, 2'000}));
  EXPECT_EQ(parsed("exponential:mean=500ns"), (DelayPlan{DelayShape::exponential, 0.02, 500}));
}

TEST(ParseDelayPlan, reads_every_unit_up_to_a_second) {
  EXPECT_EQ(parsed("uniform:mean=1ns").mean_ns, 1U);
  EXPECT_EQ(parsed("uniform:mean=7us").mean_ns, 7'000U);
  EXPECT_EQ(parsed("uniform:mean=3ms").mean_ns, 3'000'000U);
  EXPECT_EQ(parsed("uniform:mean=1s").mean_ns, 1'000'000'000U);
}

TEST(ParseDelayPlan, says_what_is_wrong_and_what_is_possible) {
  EXPECT_EQ(error_of("gauss"),
            "unknown delay plan 'gauss': it is one of none, yield, uniform, exponential");
  EXPECT_EQ(error_of("none:p=1"), "delay plan 'none' has no option 'p': it has none");
  EXPECT_EQ(error_of("yield:mean=1us"), "delay plan 'yield' has no option 'mean': it has p");
  EXPECT_EQ(error_of("uniform:q=1"), "delay plan 'uniform' has no option 'q': it has p and mean");
  EXPECT_EQ(error_of("uniform:p=2"),
            "delay plan 'uniform:p=2': p is a probability from 0 to 1, not '2'");
  EXPECT_EQ(error_of("uniform:p"), "delay plan 'uniform:p': expected key=value, not 'p'");
  for (const std::string mean :
       {"5", "0ns", "2s", "1.5us", "-1us", "us", "1 us", "1h", "18446744073709551615s"}) {
    const std::string plan = "uniform:mean=" + mean;
    std::string message = "delay plan '";
    message += plan;
    message += "': mean is a time from 1ns to 1s, such as 2us, not '";
    message += mean;
    message += "'";
    EXPECT_EQ(error_of(plan), message);
  }
}

TEST(DelayPlanText, reads_back_as_the_same_plan) {
  for (const char* text : {"none", "yield:p=0.1", "uniform:p=0.02,mean=2us",
                           "exponential:p=1,mean=1500ns", "exponential:p=0,mean=1s"}) {
    EXPECT_EQ(to_text(parsed(text)), text);
  }
}

TEST(DelayStream, depends_on_seed_run_and_thread_alone) {
  const DelayPlan plan{DelayShape::exponential, 0.5, 1'000};
  const auto delays = draw(DelayStream(plan, 1, 2, 3), 100);
  EXPECT_EQ(draw(DelayStream(plan, 1, 2, 3), 100), delays);
  EXPECT_NE(draw(DelayStream(plan, 2, 2, 3), 100), delays);
  EXPECT_NE(draw(DelayStream(plan, 1, 3, 3), 100), delays);
  EXPECT_NE(draw(DelayStream(plan, 1, 2, 4), 100), delays);
}

// 1 000 000 points at p = 0.02 make 20 000 delays, give or take 140; bounds are 6 standard
// deviations wide. The mean of the delays is off by its own deviation / sqrt(20 000).

TEST(DelayStream, exponential_delays_have_the_mean_and_the_tail) {
  const Summary summary = summary_of({DelayShape::exponential, 0.02, 2'000}, 1'000'000);
  EXPECT_NEAR(summary.delayed, 0.02, 0.00085);
  EXPECT_NEAR(summary.mean_ns, 2'000, 6 * 2'000 / std::sqrt(20'000));
  // P(none of 20 000 is above 5 times the mean) = (1 - e^-5)^20000 < 1e-58.
  EXPECT_GT(summary.longest_ns, 10'000U);
}

TEST(DelayStream, uniform_delays_have_the_mean_and_end_at_twice_of_it) {
  const Summary summary = summary_of({DelayShape::uniform, 0.02, 2'000}, 1'000'000);
  EXPECT_NEAR(summary.delayed, 0.02, 0.00085);
  EXPECT_NEAR(summary.mean_ns, 2'000, 6 * 1'155 / std::sqrt(20'000));
  EXPECT_LE(summary.longest_ns, 4'000U);
  EXPECT_GT(summary.longest_ns, 3'900U);
}

TEST(DelayStream, gaps_between_delays_are_geometric) {
  // At p = 1/2 half of all gaps are 0, a quarter 1, and so on. A countdown off by one, or a fixed
  // one with the right mean, shows here and not in the rate of delays.
  const auto delays = draw(DelayStream({DelayShape::yield, 0.5}, 1, 1, 1), 40'000);
  std::vector<int> gaps(100);
  std::size_t gap = 0;
  for (const std::uint64_t delay : delays) {
    if (delay == 0) {
      ++gap;
    } else {
      ++gaps[std::min<std::size_t>(gap, 99)];
      gap = 0;
    }
  }
  // About 20 000 gaps; 6 standard deviations.
  EXPECT_NEAR(gaps[0], 10'000, 600);
  EXPECT_NEAR(gaps[1], 5'000, 450);
  EXPECT_NEAR(gaps[2], 2'500, 320);
}

TEST(DelayStream, yield_marks_points_and_has_no_duration) {
  DelayStream stream({DelayShape::yield, 1}, 1, 2, 3);
  EXPECT_TRUE(stream.yields());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.next_ns(), 1U);
  EXPECT_FALSE(DelayStream(DelayPlan{}, 1, 2, 3).yields());
}

TEST(DelayStream, no_delay_comes_of_none_or_of_probability_0_and_always_one_at_1) {
  EXPECT_EQ(summary_of({DelayShape::none, 1, 2'000}, 100'000).delayed, 0);
  EXPECT_EQ(summary_of({DelayShape::exponential, 0, 2'000}, 100'000).delayed, 0);
  // A mean of a second, or one of 36 would round to 0 ns.
  EXPECT_EQ(summary_of({DelayShape::exponential, 1, 1'000'000'000}, 100'000).delayed, 1);
}

TEST(DelayStream, a_long_run_is_delayed_ever_more_seldom) {
  // A sum over 600 million elements was 12 million delays, and took half a minute for a second.
  DelayStream stream({DelayShape::yield, 0.5}, 1, 2, 3);
  std::uint64_t delays = 0;
  for (int i = 0; i < 40'000'000; ++i) delays += stream.next_ns();
  EXPECT_GT(delays, 1'000'000U);
  EXPECT_LT(delays, 6'000'000U);
}

TEST(DelayStream, the_smallest_probability_does_not_overflow_the_countdown) {
  EXPECT_EQ(summary_of({DelayShape::exponential, 5e-324, 2'000}, 100'000).delayed, 0);
}

}  // namespace
}  // namespace heddle
