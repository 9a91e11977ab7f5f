#include "harness/model/schedule.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <limits>

namespace heddle {
namespace {

Token fuzz_token(std::vector<Deviation> deviations) {
  return {.engine = EngineKind::fuzz, .schedule = {std::move(deviations)}, .relacy_state = ""};
}

Token relacy_token(std::string state) {
  return {.engine = EngineKind::relacy, .schedule = {}, .relacy_state = std::move(state)};
}

Token parsed(std::string_view text) {
  const auto result = parse_token(text);
  if (const auto* error = std::get_if<TokenError>(&result)) {
    ADD_FAILURE() << text << ": " << error->message;
    return {};
  }
  return std::get<Token>(result);
}

std::string error_of(std::string_view text) {
  const auto result = parse_token(text);
  const auto* error = std::get_if<TokenError>(&result);
  return error == nullptr ? "no error" : error->message;
}

// Bit by bit and after the fact, so that it shares no code with the table in schedule.cpp.
std::string with_checksum(std::string text) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc / 2 ^ 0xedb88320U : crc / 2;
  }
  std::array<char, 10> digits{};
  std::snprintf(digits.data(), digits.size(), "-%08x", ~crc);
  return text + digits.data();
}

TEST(TokenTest, text_is_version_engine_deviations_and_crc32) {
  EXPECT_EQ(to_text(fuzz_token({{1, 37, 2}, {1, 52, 0}})), with_checksum("h1f-1.37.2-1.52.0"));
  EXPECT_EQ(to_text(fuzz_token({})), with_checksum("h1f"));
  EXPECT_EQ(to_text(relacy_token("a-B_9")), with_checksum("h1r-a-B_9"));
}

TEST(TokenTest, survives_the_round_trip) {
  constexpr auto kMax32 = std::numeric_limits<std::uint32_t>::max();
  constexpr auto kMax64 = std::numeric_limits<std::uint64_t>::max();
  for (const Token& token :
       {fuzz_token({}), fuzz_token({{0, 0, 0}}), fuzz_token({{kMax32, kMax64, kMax32}, {1, 2, 3}}),
        relacy_token(""), relacy_token("-"), relacy_token("12-34_x")}) {
    EXPECT_EQ(parsed(to_text(token)), token) << to_text(token);
  }
}

struct BadToken {
  std::string text;
  std::string part_of_message;
};

class BadTokenTest : public testing::TestWithParam<BadToken> {};

TEST_P(BadTokenTest, is_refused_with_a_line_that_says_what_is_wrong) {
  const std::string message = error_of(GetParam().text);
  EXPECT_NE(message.find(GetParam().part_of_message), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_LT(message.size(), 250U);
}

INSTANTIATE_TEST_SUITE_P(
    all, BadTokenTest,
    testing::Values(
        BadToken{"", "is empty"}, BadToken{"hello", "not a token"},
        BadToken{"./build/bin/prog", "character 2 is not"}, BadToken{"h", "not a token"},
        BadToken{"h1", "not a token"}, BadToken{"h1-1.2.3", "not a token"},
        BadToken{"h1ff-1.2.3", "not a token"}, BadToken{"-h1f", "not a token"},
        BadToken{to_text(fuzz_token({})) + "\n", "character 13 is not"},
        BadToken{"h1f \x1b[31m", "'h1f ?[31m'"}, BadToken{std::string("h1f-\0", 5), "character 5"},
        BadToken{"h2f-1.2.3-00000000", "version 'h2'"},
        BadToken{"h99999999999999999999999f-1.2.3-00000000", "version"},
        BadToken{"h1x-1.2.3-00000000", "unknown engine 'x'"},
        BadToken{with_checksum("h1s"), "nothing can replay"},
        BadToken{with_checksum("h1t"), "nothing can replay"}, BadToken{"h1f", "cut short"},
        BadToken{"h1f-", "cut short"}, BadToken{"h1f-1.37.2", "cut short"},
        BadToken{"h1f-1.37.2-0000000g", "checksum does not match"},
        BadToken{"h1f-1.37.2-00000000", "checksum does not match"},
        BadToken{with_checksum("h1f-1.2"), "deviation 1 is not"},
        BadToken{with_checksum("h1f-1.2.3-1.2.3.4"), "deviation 2 is not"},
        BadToken{with_checksum("h1f-1.2.3-"), "deviation 2 is not"},
        BadToken{with_checksum("h1f--1.2.3"), "deviation 1 is not"},
        BadToken{with_checksum("h1f-"), "deviation 1 is not"},
        BadToken{with_checksum("h1f-01.2.3"), "deviation 1 is not"},
        BadToken{with_checksum("h1f-4294967296.2.3"), "deviation 1 is not"},
        BadToken{with_checksum("h1f-1.18446744073709551616.3"), "deviation 1 is not"},
        BadToken{with_checksum("h1r-a.b"), "relacy state"},
        BadToken{with_checksum("h1r-"), "not as heddle writes it"},
        BadToken{std::string(kMaxTokenLength + 1, 'h'), "too long"}));

TEST(TokenTest, the_longest_token_allowed_is_still_read) {
  std::string state(kMaxTokenLength - to_text(relacy_token("a")).size() + 1, 'a');
  const Token token = relacy_token(state);
  ASSERT_EQ(to_text(token).size(), kMaxTokenLength);
  EXPECT_EQ(parsed(to_text(token)), token);
}

TEST(EngineKindTest, names_are_read_back_and_others_refused) {
  for (const EngineKind kind :
       {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz, EngineKind::relacy}) {
    EXPECT_EQ(parse_engine(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_engine("Fuzz"), std::nullopt);
  EXPECT_EQ(parse_engine(""), std::nullopt);
}

}  // namespace
}  // namespace heddle
