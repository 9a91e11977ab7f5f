#include "harness/cli/numbers.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(Numbers, lengths_of_time_are_finite_and_make_sense) {
  EXPECT_EQ(parse_seconds("30"), 30.0);
  EXPECT_EQ(parse_seconds("30s"), 30.0);
  EXPECT_EQ(parse_seconds("1.5m"), 90.0);
  EXPECT_EQ(parse_seconds("250ms"), 0.25);
  EXPECT_EQ(parse_seconds("2h"), 7200.0);
  for (const char* text : {"", "s", "inf", "nan", "-5s", "+5s", "0", "0s", "1e-300s", "1e300",
                           "5 s", "5d", "99999999999999h", "0x10", ".", "1.2.3s", "5ss"}) {
    EXPECT_EQ(parse_seconds(text), std::nullopt) << text;
  }
}

TEST(Numbers, whole_numbers_are_digits_within_their_range) {
  const CLI::Validator validator = whole_number(1, 1024);
  for (const char* text : {"1", "1024", "0007"}) EXPECT_EQ(validator(std::string(text)), "");
  for (const char* text : {"", "0", "1025", "-1", "+1", "1e3", "0x1", "4294967297", " 1", "1 ",
                           "99999999999999999999999", "many"}) {
    EXPECT_NE(validator(std::string(text)), "") << text;
  }
}

}  // namespace
}  // namespace heddle
