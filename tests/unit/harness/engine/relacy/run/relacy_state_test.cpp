#include "harness/engine/relacy/run/relacy_state.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace heddle {
namespace {

TEST(RelacyStateTest, ARandomRunIsItsSeedAndNumber) {
  EXPECT_EQ(to_text(RandomRun{7, 42}), "r-7-42");
  EXPECT_EQ(parse_relacy_state("r-7-42"), RelacyState(RandomRun{7, 42}));
}

TEST(RelacyStateTest, APathIsOneCharacterAChoice) {
  EXPECT_EQ(to_text(TreeRun{kNoContextBound, {0, 1, 10, 31}}), "f-01av");
  EXPECT_EQ(to_text(TreeRun{2, {1}}), "b2-1");
}

TEST(RelacyStateTest, TheFirstBranchesAtTheEndAreLeftOut) {
  EXPECT_EQ(to_text(TreeRun{kNoContextBound, {0, 1, 0, 0}}), "f-01");
  EXPECT_EQ(to_text(TreeRun{kNoContextBound, {0, 0, 0}}), "f-");
}

TEST(RelacyStateTest, LongRepetitionsAreShort) {
  std::vector<std::uint8_t> path(1001, 0);
  path.push_back(2);
  EXPECT_EQ(to_text(TreeRun{kNoContextBound, path}), "f-0x1000x2");
  EXPECT_EQ(parse_relacy_state("f-0x1000x2"), RelacyState(TreeRun{kNoContextBound, path}));
}

TEST(RelacyStateTest, EveryRandomRunSurvivesItsText) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed, std::uint64_t run) {
    const RelacyState state = RandomRun{seed, run};
    RC_ASSERT(parse_relacy_state(to_text(state)) == state);
  }));
}

TEST(RelacyStateTest, EveryTreeRunSurvivesItsText) {
  EXPECT_TRUE(rc::check([] {
    // Few different branches, so that there are repetitions of all lengths.
    TreeRun tree{.bound = *rc::gen::elementOf(std::vector<unsigned>{kNoContextBound, 0, 3, 1000}),
                 .path = *rc::gen::container<std::vector<std::uint8_t>>(
                     rc::gen::elementOf(std::vector<std::uint8_t>{0, 0, 0, 1, 31}))};
    const std::string text = to_text(tree);
    RC_ASSERT(text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    // What to_text() leaves out.
    while (!tree.path.empty() && tree.path.back() == 0) tree.path.pop_back();
    RC_ASSERT(parse_relacy_state(text) == RelacyState(tree));
  }));
}

TEST(RelacyStateTest, RefusesOtherText) {
  for (const char* text : {"",
                           "r",
                           "r-",
                           "r-1",
                           "r-1-",
                           "r-1-x",
                           "r--1-2",
                           "r-1-2-3",
                           "q-1",
                           "f",
                           "f-W",
                           "f-x3x",
                           "f-0x",
                           "f-0x3",
                           "f-0xx",
                           "f-0x99999999x",
                           "b-0",
                           "bx-0",
                           "b1001-0",
                           "-0",
                           "r-99999999999999999999-1"}) {
    EXPECT_EQ(parse_relacy_state(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace heddle
