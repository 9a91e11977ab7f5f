#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "harness/model/schedule.h"
#include "tests/property/model_generators.h"

namespace heddle {
namespace {

constexpr std::string_view kTokenChars =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool refused(std::string_view text) {
  return std::holds_alternative<TokenError>(parse_token(text));
}

TEST(TokenProperty, every_token_survives_the_round_trip) {
  EXPECT_TRUE(rc::check([](const Token& token) {
    const auto result = parse_token(to_text(token));
    RC_ASSERT(std::holds_alternative<Token>(result));
    RC_ASSERT(std::get<Token>(result) == token);
  }));
}

TEST(TokenProperty, no_shell_needs_quotes_for_a_token) {
  EXPECT_TRUE(rc::check([](const Token& token) {
    RC_ASSERT(to_text(token).find_first_not_of(kTokenChars) == std::string::npos);
  }));
}

TEST(TokenProperty, any_changed_character_is_noticed) {
  EXPECT_TRUE(rc::check([](const Token& token) {
    std::string text = to_text(token);
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const char replacement =
        *rc::gen::oneOf(rc::gen::elementOf(std::string{kTokenChars}), rc::gen::arbitrary<char>());
    RC_PRE(text[at] != replacement);
    text[at] = replacement;
    RC_ASSERT(refused(text));
  }));
}

TEST(TokenProperty, any_missing_or_doubled_character_is_noticed) {
  EXPECT_TRUE(rc::check([](const Token& token) {
    const std::string text = to_text(token);
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    std::string shorter = text;
    shorter.erase(at, 1);
    RC_ASSERT(refused(shorter));
    std::string longer = text;
    longer.insert(at, 1, text[at]);
    RC_ASSERT(refused(longer));
  }));
}

TEST(TokenProperty, any_swapped_neighbours_are_noticed) {
  EXPECT_TRUE(rc::check([](const Token& token) {
    std::string text = to_text(token);
    const auto at = *rc::gen::inRange<std::size_t>(1, text.size());
    RC_PRE(text[at - 1] != text[at]);
    std::swap(text[at - 1], text[at]);
    RC_ASSERT(refused(text));
  }));
}

TEST(TokenProperty, arbitrary_text_is_refused_in_one_printable_line) {
  EXPECT_TRUE(rc::check([](const std::string& tail) {
    for (const char* head : {"", "h1f-", "h1r-"}) {
      const auto result = parse_token(head + tail);
      RC_ASSERT(std::holds_alternative<TokenError>(result));
      for (const char c : std::get<TokenError>(result).message) RC_ASSERT(c >= ' ' && c <= '~');
    }
  }));
}

}  // namespace
}  // namespace heddle
