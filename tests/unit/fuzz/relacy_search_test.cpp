#include "fuzz/relacy_search.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(RelacySearchTest, KnowsTheThreeSearches) {
  EXPECT_EQ(parse_relacy_search("random"), RelacySearch{});
  EXPECT_EQ(parse_relacy_search("full"), RelacySearch{.random = false});
  EXPECT_EQ(parse_relacy_search("bound:0"), (RelacySearch{.random = false, .bound = 0}));
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
