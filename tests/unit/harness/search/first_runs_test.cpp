#include "harness/search/first_runs.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

using Verdict = FirstRuns::Verdict;

constexpr std::uint64_t kKey = 7;

Verdict verdict_of(const ProcessRuns& failed, const ProcessRuns& runs) {
  FirstRuns all;
  all.add_runs(runs);
  all.add_failures(kKey, failed);
  return all.verdict(kKey);
}

TEST(FirstRuns, one_failure_in_a_first_run_is_the_programs) {
  EXPECT_EQ(verdict_of({.first = 1, .later = 500}, {.first = 1'000, .later = 1'000}),
            Verdict::shown);
  EXPECT_EQ(verdict_of({.first = 1, .later = 0}, {.first = 1, .later = 10'000}), Verdict::shown);
}

TEST(FirstRuns, it_stays_away_after_seven_times_as_many_as_show_it_once) {
  EXPECT_EQ(verdict_of({.later = 1'000}, {.first = 6, .later = 1'000}), Verdict::open);
  EXPECT_EQ(verdict_of({.later = 1'000}, {.first = 7, .later = 1'000}), Verdict::stays_away);
  EXPECT_EQ(verdict_of({.later = 500}, {.first = 69, .later = 5'000}), Verdict::open);
  EXPECT_EQ(verdict_of({.later = 500}, {.first = 71, .later = 5'000}), Verdict::stays_away);
}

// A race between two lines shows as the one's or the other's, a lost wake-up as a deadlock.
TEST(FirstRuns, one_bug_may_show_otherwise_there) {
  constexpr std::uint64_t kOther = 8;
  FirstRuns runs;
  runs.add_runs({.first = 26, .later = 274});
  runs.add_failures(kKey, {.later = 84});
  EXPECT_EQ(runs.verdict(kKey), Verdict::stays_away);
  runs.add_failures(kOther, {.first = 1, .later = 4});
  EXPECT_EQ(runs.verdict(kKey), Verdict::stays_away) << "far fewer fail";
  runs.add_failures(kOther, {.first = 7, .later = 6});
  EXPECT_NE(runs.verdict(kKey), Verdict::stays_away);
  EXPECT_FALSE(runs.differs());
}

// The estimate of the rate is worth nothing: one of a thousand may be the first of all.
TEST(FirstRuns, few_failures_decide_nothing) {
  EXPECT_EQ(verdict_of({.later = 1}, {.first = 700, .later = 10}), Verdict::open);
  EXPECT_EQ(verdict_of({.later = 3}, {.first = 50, .later = 20}), Verdict::open);
  EXPECT_EQ(verdict_of({.later = 5}, {.first = 5'000, .later = 5'000}), Verdict::open);
}

TEST(FirstRuns, what_only_first_runs_show_is_told_from_what_is_rare) {
  EXPECT_EQ(verdict_of({.first = 9}, {.first = 9, .later = 15}), Verdict::only_there);
  EXPECT_EQ(verdict_of({.first = 3}, {.first = 30, .later = 60}), Verdict::shown);
  EXPECT_EQ(verdict_of({.first = 9, .later = 1}, {.first = 9, .later = 15}), Verdict::shown);
}

TEST(FirstRuns, more_are_wanted_until_it_is_decided) {
  FirstRuns runs;
  runs.add_runs({.first = 1, .later = 15});
  EXPECT_FALSE(runs.wants_more());
  runs.add_failures(kKey, {.later = 15});
  EXPECT_TRUE(runs.wants_more());
  EXPECT_FALSE(runs.differs());
  runs.add_runs({.first = 8});
  EXPECT_FALSE(runs.wants_more());
  EXPECT_TRUE(runs.differs());
}

TEST(FirstRuns, a_failure_in_the_one_first_run_alone_is_looked_into) {
  FirstRuns runs;
  runs.add_runs({.first = 1, .later = 15});
  runs.add_failures(kKey, {.first = 1});
  EXPECT_TRUE(runs.wants_more());
  EXPECT_FALSE(runs.differs());
  // None in so many first runs: it was chance.
  runs.add_runs({.first = 20});
  EXPECT_FALSE(runs.wants_more());
}

TEST(ApartShare, runs_apart_never_take_more_time_than_the_others) {
  ApartShare share;
  EXPECT_EQ(share.runs_apart(true), 0U);
  share.add(false, 1'000, 10);
  EXPECT_EQ(share.runs_apart(true), 200U);
  share.add(true, 100, 8);
  EXPECT_EQ(share.runs_apart(true), 25U);
  share.add(true, 25, 2);
  EXPECT_EQ(share.runs_apart(true), 0U);
}

TEST(ApartShare, where_nothing_is_to_be_found_out_they_take_little) {
  ApartShare share;
  share.add(false, 1'000, 2);
  EXPECT_EQ(share.runs_apart(false), 0U);
  share.add(false, 1'000, 2);
  EXPECT_EQ(share.runs_apart(false), 1U);
}

}  // namespace
}  // namespace heddle
