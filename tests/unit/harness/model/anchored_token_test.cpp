#include "harness/model/anchored_token.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

AnchoredToken example() {
  return {.anchors = {{.thread = 1,
                       .value = 2,
                       .after = false,
                       .kind = OpKind::atomic_store,
                       .function = "shop::publish_all",
                       .line = 4,
                       .object = "shop::state.flag[1]",
                       .count = 2,
                       .alike = 3,
                       .anywhere = 4,
                       .distance = 1},
                      {.thread = 2,
                       .value = 0,
                       .after = true,
                       .kind = OpKind::mutex_lock,
                       .function = "main::{lambda()#1}::operator()",
                       .line = 0,
                       .object = "",
                       .count = 1,
                       .alike = 1,
                       .anywhere = 1,
                       .distance = 2}},
          .kind = FailureKind::use_after_free,
          .function = "shop::read",
          .line = 7};
}

TEST(AnchoredToken, is_read_back_as_it_was_written) {
  const std::string text = to_text(example());
  EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "._-"),
            std::string::npos)
      << text;
  const auto parsed = parse_anchored_token(text);
  ASSERT_TRUE(std::holds_alternative<AnchoredToken>(parsed))
      << std::get<TokenError>(parsed).message;
  EXPECT_EQ(std::get<AnchoredToken>(parsed), example());
}

TEST(AnchoredToken, of_the_default_order_says_how_it_failed) {
  AnchoredToken token = example();
  token.anchors.clear();
  const auto parsed = parse_anchored_token(to_text(token));
  ASSERT_TRUE(std::holds_alternative<AnchoredToken>(parsed));
  EXPECT_EQ(std::get<AnchoredToken>(parsed), token);
}

TEST(AnchoredToken, that_is_damaged_is_refused) {
  const std::string text = to_text(example());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_TRUE(std::holds_alternative<TokenError>(parse_anchored_token(changed))) << changed;
    EXPECT_TRUE(std::holds_alternative<TokenError>(parse_anchored_token(text.substr(0, i))));
  }
}

TEST(AnchoredToken, names_a_departure_in_words) {
  const AnchoredToken token = example();
  EXPECT_EQ(to_words(token.anchors[0]),
            "T1 before `atomic store shop::state.flag[1]` in shop::publish_all():4, 2nd time");
  EXPECT_EQ(to_words(token.anchors[1]),
            "T2 after `mutex lock` in main::{lambda()#1}::operator()():0, 1st time");
}

}  // namespace
}  // namespace heddle
