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

TEST(Memory, has_a_unit_or_is_bytes) {
  EXPECT_EQ(parse_memory("512MB", 1), std::uint64_t{512} << 20);
  EXPECT_EQ(parse_memory("2G", 1), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_memory("1.5 GiB", 1), std::uint64_t{3} << 29);
  EXPECT_EQ(parse_memory("64k", 1), 65536U);
  EXPECT_EQ(parse_memory("100", 1), 100U);
  EXPECT_EQ(parse_memory("100B", 1), 100U);
}

TEST(Memory, that_is_none_is_refused) {
  for (const char* const text :
       {"", "G", "-1", "1e9", "inf", "nan", "1X", "1GX", "1.2.3", "99999P"}) {
    EXPECT_EQ(parse_memory(text, 1), std::nullopt) << text;
  }
  EXPECT_EQ(parse_memory("99", 100), std::nullopt);
}

}  // namespace
}  // namespace heddle
