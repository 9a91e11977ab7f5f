#include "fuzz/options.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace heddle {
namespace {

std::string error_of(std::string_view text) {
  const auto result = split_options(text);
  const auto* error = std::get_if<OptionsError>(&result);
  return error != nullptr ? error->message : "no error";
}

TEST(SplitOptions, a_name_alone_has_no_options) {
  const auto result = std::get<NamedOptions>(split_options("pct"));
  EXPECT_EQ(result.name, "pct");
  EXPECT_TRUE(result.options.empty());
}

TEST(SplitOptions, options_keep_their_order) {
  const auto result = std::get<NamedOptions>(split_options("pct:depth=3,k=12"));
  EXPECT_EQ(result.name, "pct");
  ASSERT_EQ(result.options.size(), 2U);
  EXPECT_EQ(result.options[0].key, "depth");
  EXPECT_EQ(result.options[0].value, "3");
  EXPECT_EQ(result.options[1].key, "k");
  EXPECT_EQ(result.options[1].value, "12");
}

TEST(SplitOptions, says_which_part_is_malformed) {
  EXPECT_EQ(error_of("a:"), "'a:': expected key=value, not ''");
  EXPECT_EQ(error_of("a:b"), "'a:b': expected key=value, not 'b'");
  EXPECT_EQ(error_of("a:b=1,"), "'a:b=1,': expected key=value, not ''");
  EXPECT_EQ(error_of("a:b="), "'a:b=': expected key=value, not 'b='");
  EXPECT_EQ(error_of("a:=1"), "'a:=1': expected key=value, not '=1'");
  EXPECT_EQ(error_of("a:b=1,b=2"), "'a:b=1,b=2': b is given twice");
}

TEST(ParseWholeNumber, takes_all_of_the_text_or_nothing) {
  EXPECT_EQ(parse_whole_number("0"), 0U);
  EXPECT_EQ(parse_whole_number("18446744073709551615"), 18446744073709551615U);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "1x", "0x1", "1.5", "18446744073709551616"}) {
    EXPECT_FALSE(parse_whole_number(bad)) << bad;
  }
}

TEST(ParseProbability, takes_numbers_from_0_to_1) {
  EXPECT_EQ(parse_probability("0"), 0.0);
  EXPECT_EQ(parse_probability("1"), 1.0);
  EXPECT_EQ(parse_probability("1e-3"), 0.001);
  EXPECT_EQ(parse_probability(".5"), 0.5);
  for (const char* bad : {"", "-0.1", "1.1", "nan", "inf", "0.5x", "50%", "0,5"}) {
    EXPECT_FALSE(parse_probability(bad)) << bad;
  }
}

TEST(ProbabilityText, is_short_and_reads_back) {
  for (const double probability : {0.0, 1.0, 0.02, 0.1, 1.0 / 3, 1e-300}) {
    EXPECT_EQ(parse_probability(probability_text(probability)), probability);
  }
  EXPECT_EQ(probability_text(0.02), "0.02");
  EXPECT_EQ(probability_text(*parse_probability("-0")), "0");
}

}  // namespace
}  // namespace heddle
