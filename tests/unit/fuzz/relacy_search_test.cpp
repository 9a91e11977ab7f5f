#include "fuzz/relacy_search.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(RelacySearchTest, KnowsTheThreeSearches) {
  EXPECT_EQ(parse_relacy_search("random"), RelacySearch{});
  EXPECT_EQ(parse_relacy_search("full"), RelacySearch{.random = false});
  EXPECT_EQ(parse_relacy_search("bound:0"), (RelacySearch{.random = false, .bound = 0}));
  EXPECT_EQ(parse_relacy_search("bound:1,choices:2"),
            (RelacySearch{.random = false, .bound = 1, .choices = 2}));
  EXPECT_EQ(parse_relacy_search("full,choices:0"), (RelacySearch{.random = false, .choices = 0}));
  for (const char* text : {"random", "full", "bound:3", "bound:0,choices:4", "full,choices:1"}) {
    EXPECT_EQ(to_text(parse_relacy_search(text).value()), text);
  }
  for (const char* text : {"random,choices:1", "full,choices:", "bound:,choices:1", ",choices:1"}) {
    EXPECT_EQ(parse_relacy_search(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_relacy_search("bound:12"), (RelacySearch{.random = false, .bound = 12}));
}

TEST(RelacySearchTest, RefusesOtherText) {
  for (const char* text : {"", "Random", "full ", "bound", "bound:", "bound:x", "bound:-1",
                           "bound:2x", "bound:1001", "bound:99999999999999999999"}) {
    EXPECT_EQ(parse_relacy_search(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace heddle
