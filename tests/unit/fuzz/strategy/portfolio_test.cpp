#include "fuzz/strategy/portfolio.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace heddle {
namespace {

// Notes what it is asked.
class Noted final : public Strategy {
 public:
  Noted(std::string name, bool follows, std::string& log)
      : name_(std::move(name)), follows_(follows), log_(log) {}

  bool begin_run(std::uint64_t run) override {
    log_ += name_ + std::to_string(run) + ' ';
    return true;
  }
  std::size_t pick(const SchedulingPoint& /*point*/) override {
    log_ += name_ + "-pick ";
    return 0;
  }
  std::uint32_t choose(Choice, std::uint32_t, ThreadId, std::uint64_t) override {
    log_ += name_ + "-choose ";
    return 0;
  }
  void end_run(const RunEnd& /*end*/) override { log_ += name_ + "-end "; }
  bool follows() const override { return follows_; }
  bool learns() const override { return follows_; }
  void executed(const Op& /*op*/, bool /*changed*/) override { log_ += name_ + "-executed "; }
  void woke(ThreadId /*thread*/) override { log_ += name_ + "-woke "; }
  std::string state() const override { return state_; }
  bool set_state(std::string_view state) override {
    state_ = state;
    return state.empty() || state.starts_with(name_);
  }

 private:
  std::string name_;
  bool follows_;
  std::string& log_;
  std::string state_;
};

std::unique_ptr<Portfolio> two(std::string& log, std::vector<std::size_t> turns = {0, 0, 1}) {
  std::vector<std::unique_ptr<Strategy>> parts;
  parts.push_back(std::make_unique<Noted>("a", false, log));
  parts.push_back(std::make_unique<Noted>("b", true, log));
  return std::make_unique<Portfolio>(std::move(parts), std::move(turns));
}

TEST(Portfolio, the_number_of_a_run_says_whose_turn_it_is) {
  std::string log;
  const auto portfolio = two(log);
  for (const std::uint64_t run : {0U, 1U, 2U, 3U, 5U, 2U}) EXPECT_TRUE(portfolio->begin_run(run));
  EXPECT_EQ(log, "a0 a1 b2 a3 b5 b2 ");
}

TEST(Portfolio, asks_nobody_else_in_a_run) {
  std::string log;
  const auto portfolio = two(log);
  portfolio->begin_run(2);
  EXPECT_TRUE(portfolio->follows());
  portfolio->pick({});
  portfolio->choose(Choice::value, 2, 0, 1);
  portfolio->executed({}, true);
  portfolio->woke(1);
  portfolio->end_run({});
  EXPECT_EQ(log, "b2 b-pick b-choose b-executed b-woke b-end ");
  portfolio->begin_run(3);
  EXPECT_FALSE(portfolio->follows());
  EXPECT_TRUE(portfolio->learns());
}

TEST(Portfolio, hands_each_part_its_own_state) {
  std::string log;
  const auto first = two(log);
  ASSERT_TRUE(first->set_state({}));
  const auto second = two(log);
  ASSERT_TRUE(second->set_state("portfolio1 5 2\na\n1 2b\n"));
  EXPECT_EQ(second->state(), "portfolio1 5 2\na\n1 2b\n");
  ASSERT_TRUE(first->set_state(second->state()));
  EXPECT_EQ(first->state(), second->state());
}

TEST(Portfolio, refuses_states_that_do_not_fit) {
  std::string log;
  for (const char* state :
       {"portfolio1", "portfolio1 5\na\n1 2", "portfolio1 5 2 1\na\n1 2b\nc",
        "portfolio1 5 2\na\n1 2b", "portfolio1 5 2\na\n1 2b\n!", "portfolio1 2 5\na\n1 2b\n"}) {
    EXPECT_FALSE(two(log)->set_state(state)) << state;
  }
}

TEST(Portfolio, refuses_no_part_its_turn_in_the_sampler_of_auto) {
  const auto sampler = make_sampler(1);
  EXPECT_TRUE(sampler->learns());
  bool follows = false;
  bool does_not = false;
  for (std::uint64_t run = 0; run < 16; ++run) {
    ASSERT_TRUE(sampler->begin_run(run));
    (sampler->follows() ? follows : does_not) = true;
  }
  EXPECT_TRUE(follows && does_not);
}

}  // namespace
}  // namespace heddle
