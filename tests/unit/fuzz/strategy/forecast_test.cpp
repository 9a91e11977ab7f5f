#include "fuzz/strategy/forecast.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(Forecast, of_a_node_without_a_known_branch_is_that_of_the_one_under_way) {
  Forecast forecast;
  forecast.leave(5, 5);
  EXPECT_EQ(forecast.in_node({.ready = 5}, 24), 24);
}

TEST(Forecast, takes_known_branches_for_as_large_as_those_before) {
  const Forecast forecast;
  // Two of 10 each are behind, the third is as large, one more is to come.
  EXPECT_EQ(forecast.in_node({.ready = 0, .done = 2, .left = 1, .before = 20}, 10), 40);
}

// Each of n threads may come next, and what one thread does conflicts with what all others do: n!.
TEST(Forecast, takes_a_node_to_have_as_many_branches_as_others_with_as_many_threads) {
  Forecast forecast;
  for (int i = 0; i < 10; ++i) forecast.leave(3, 3);
  EXPECT_EQ(forecast.in_node({.ready = 3, .left = 1}, 2), 6);
  // More than any that was left behind.
  EXPECT_EQ(forecast.in_node({.ready = 4, .left = 1}, 6), 24);
}

TEST(Forecast, knows_nothing_of_a_branch_that_has_just_begun_but_by_the_others) {
  const Forecast forecast;
  EXPECT_EQ(forecast.in_node({.ready = 2, .done = 1, .before = 100}, 1), 200);
}

TEST(Forecast, comes_again_from_its_text) {
  Forecast forecast;
  forecast.leave(4, 3);
  StateWriter out("forecast");
  forecast.write(out);
  const std::string text = out.take();
  StateReader in("forecast", text);
  Forecast again;
  again.read(in);
  EXPECT_TRUE(in.at_end());
  const Forecast::Node node{.ready = 4, .left = 1};
  EXPECT_EQ(again.in_node(node, 7), forecast.in_node(node, 7));
  EXPECT_GT(again.in_node(node, 7), 14);
}

}  // namespace
}  // namespace heddle
