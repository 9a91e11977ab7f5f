#include "harness/model/replay_token.h"

#include <gtest/gtest.h>

#include <string>

namespace heddle {
namespace {

ReplayToken some_token() {
  return {.token = {.engine = EngineKind::fuzz,
                    .schedule = {{{.thread = 1, .step = 3, .value = 2}}},
                    .relacy_state = ""},
          .build = 0x05e7c1};
}

std::string error_of(const std::string& text) {
  const auto result = parse_replay_token(text);
  const auto* error = std::get_if<TokenError>(&result);
  return error == nullptr ? "no error" : error->message;
}

TEST(ReplayToken, has_the_build_in_front_of_the_deviations) {
  EXPECT_TRUE(to_text(some_token()).starts_with("h2f-05e7c1-1.3.2-")) << to_text(some_token());
}

TEST(ReplayToken, survives_the_round_trip) {
  ReplayToken none = some_token();
  none.token.schedule = {};
  ReplayToken relacy = none;
  relacy.token.engine = EngineKind::relacy;
  relacy.token.relacy_state = "r-1-0";
  ReplayToken unknown = some_token();
  unknown.build = 0;
  ReplayToken longer = some_token();
  longer.token.schedule.deviations.resize(kMaxTokenLength);
  for (const ReplayToken& token : {some_token(), none, relacy, unknown, longer}) {
    const auto parsed = parse_replay_token(to_text(token));
    ASSERT_TRUE(std::holds_alternative<ReplayToken>(parsed)) << to_text(token).substr(0, 100);
    EXPECT_TRUE(std::get<ReplayToken>(parsed) == token) << to_text(token).substr(0, 100);
  }
}

TEST(ReplayToken, any_changed_missing_or_added_character_is_noticed) {
  const std::string text = to_text(some_token());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = text[at] == '1' ? '2' : '1';
    EXPECT_NE(error_of(changed), "no error") << changed;
    EXPECT_NE(error_of(text.substr(0, at)), "no error") << at;
    std::string longer = text;
    longer.insert(at, 1, text[at]);
    EXPECT_NE(error_of(longer), "no error") << longer;
  }
  EXPECT_NE(error_of(text.substr(0, 12)).find("cut short"), std::string::npos);
}

}  // namespace
}  // namespace heddle
