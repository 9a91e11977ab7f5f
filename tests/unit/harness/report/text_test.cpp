#include "harness/report/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace heddle {
namespace {

TEST(TextTest, numbers_are_grouped_by_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(18446744073709551615U), "18 446 744 073 709 551 615");
}

TEST(TextTest, percents_keep_about_three_digits) {
  EXPECT_EQ(percent(0), "0");
  EXPECT_EQ(percent(0.499), "49.9");
  EXPECT_EQ(percent(0.0312), "3.12");
  EXPECT_EQ(percent(0.0003), "0.030");
  EXPECT_EQ(percent(1), "100");
}

TEST(TextTest, not_quite_all_is_never_printed_as_all) {
  EXPECT_EQ(percent(0.9995), "99.95");
  EXPECT_EQ(percent(0.99999), ">99.99");
}

TEST(TextTest, bounds_are_rounded_up_only) {
  EXPECT_EQ(percent_at_most(0.000299528), "0.030");
  EXPECT_EQ(percent_at_most(0.000300001), "0.031");
  EXPECT_EQ(percent_at_most(0.3), "30.0");
  EXPECT_EQ(percent_at_most(1), "100");
}

TEST(TextTest, no_failure_states_the_bound_that_the_runs_support) {
  EXPECT_EQ(rate_text({0, 10'000}), "below 0.030 % (95 %)");
  EXPECT_EQ(rate_text({0, 0}), "no runs");
  EXPECT_EQ(rate_text({312, 10'000}), "3.12 % (2.80 to 3.48)");
}

// In time that grows with the text: by the square of it, this takes a quarter of an hour.
TEST(TextTest, megabytes_without_a_space_are_wrapped) {
  const std::vector<std::string> lines = wrap(std::string(20'000'000, 'x'), 80);
  EXPECT_EQ(lines.size(), 250'000U);
  EXPECT_EQ(lines.back(), std::string(80, 'x'));
}

TEST(TextTest, wrapped_lines_break_at_spaces) {
  EXPECT_EQ(wrap("read counter -> 0", 9), (std::vector<std::string>{"read", "counter", "-> 0"}));
  EXPECT_EQ(wrap("read counter", 12), (std::vector<std::string>{"read counter"}));
  EXPECT_EQ(wrap("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(wrap("", 5), (std::vector<std::string>{""}));
}

TEST(TextTest, multibyte_characters_are_one_column_and_never_cut) {
  EXPECT_EQ(width_of("na\xc3\xafve"), 5U);
  EXPECT_EQ(wrap("\xc3\xa4\xc3\xb6\xc3\xbc", 2),
            (std::vector<std::string>{"\xc3\xa4\xc3\xb6", "\xc3\xbc"}));
  EXPECT_EQ(shortened("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6", 4), "\xc3\xa4...");
}

TEST(TextTest, wrapping_loses_only_spaces_and_keeps_to_the_width) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab  c"}));
    const auto width = *rc::gen::inRange<std::size_t>(1, 12);
    std::string joined;
    for (const std::string& line : wrap(text, width)) {
      RC_ASSERT(width_of(line) <= width);
      joined += line;
    }
    const auto without_spaces = [](std::string value) {
      std::erase(value, ' ');
      return value;
    };
    RC_ASSERT(without_spaces(joined) == without_spaces(text));
  }));
}

TEST(TextTest, control_characters_become_harmless) {
  EXPECT_EQ(printable("a\x1b[31m\nb\tc\x7f\n"), "a?[31m b c?");
}

TEST(TextTest, only_what_a_shell_would_misread_is_quoted) {
  EXPECT_EQ(shell_quoted("./build/bin/case"), "./build/bin/case");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("$(rm)"), "'$(rm)'");
  // Pasted it is the same again, and shown it moves no cursor.
  EXPECT_EQ(shell_quoted("a\nb"), "$'a\\012b'");
  EXPECT_EQ(shell_quoted("\xff it's \x1b[2J\\"), "$'\\377 it\\'s \\033[2J\\\\'");
  EXPECT_EQ(shell_quoted("gr\xc3\xbc\xc3\x9f"), "'gr\xc3\xbc\xc3\x9f'");
}

TEST(TextTest, what_turns_a_line_round_or_ends_it_is_not_printable) {
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31m"),
            "a?31m");
  EXPECT_EQ(printable("a\xe2\x80\xa8"
                      "b\xe2\x80\xae"
                      "c\xe2\x81\xa7"),
            "a?b?c?");
  EXPECT_EQ(printable("\xe2\x80\x9e"
                      "\xc2\xa7\xe2\x81\xb0"),
            "\xe2\x80\x9e\xc2\xa7\xe2\x81\xb0");
  EXPECT_EQ(printable_lines("a\x1b\n\nb\xff\n"), "a?\n\nb?\n");
}

}  // namespace
}  // namespace heddle
