// Exhaustive search, by exact counts: which interleavings there are of programs whose number of
// them is known from combinatorics, or from the papers named in programs/exact.
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using Numbers = std::vector<std::uint64_t>;

struct Call {
  std::string program;
  std::vector<std::string> args;
};

std::string name_of(const Call& call) {
  std::string name = call.program;
  for (const std::string& arg : call.args) name += "_" + arg;
  return name;
}

std::ostream& operator<<(std::ostream& out, const Call& call) {
  return out << name_of(call);
}

// No run is left out for lack of time or number.
SearchOptions exhaustive(const Call& call, const std::string& strategy) {
  SearchOptions options =
      search_options(program_path("exact/" + call.program), EngineKind::fuzz, 50'000'000);
  options.worker.args = call.args;
  options.job.strategy = strategy;
  return options;
}

Exploration explored(const Call& call, const std::string& strategy) {
  const EngineResult result = search_once(exhaustive(call, strategy));
  EXPECT_EQ(result.error.value_or("none"), "none");
  EXPECT_TRUE(result.exhausted);
  if (!result.exploration.has_value()) return {};
  EXPECT_TRUE(result.exploration->complete);
  EXPECT_FALSE(result.exploration->limited);
  return *result.exploration;
}

// Each exit status that some run had, as the failures that they are.
std::set<std::string> outcomes(Call call, const std::string& strategy) {
  call.args.push_back("outcome");
  const EngineResult result = search_once(exhaustive(call, strategy));
  EXPECT_EQ(result.error.value_or("none"), "none");
  EXPECT_TRUE(result.exhausted) << name_of(call) << " " << strategy;
  std::set<std::string> messages;
  for (const Finding& finding : result.findings) messages.insert(finding.failure.message);
  EXPECT_EQ(result.failed, result.runs) << "a run without an outcome";
  return messages;
}

// ---- dpor: each interleaving once
// ----------------------------------------------------------------

struct Counted {
  Call call;
  std::uint64_t interleavings;
};

std::ostream& operator<<(std::ostream& out, const Counted& counted) {
  return out << name_of(counted.call) << ": " << counted.interleavings;
}

class ExactCount : public testing::TestWithParam<Counted> {};

TEST_P(ExactCount, dpor_executes_each_interleaving_once) {
  const Exploration seen = explored(GetParam().call, "dpor");
  EXPECT_EQ(seen.executions, GetParam().interleavings);
  EXPECT_EQ(seen.redundant, 0U);
}

TEST_P(ExactCount, dpor_in_any_order_executes_each_interleaving_once) {
  constexpr std::uint64_t kMost = 20'000;
  if (GetParam().interleavings > kMost) GTEST_SKIP() << "the smaller ones will do";
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SearchOptions options = exhaustive(GetParam().call, "dpor:order=random");
    options.job.seed = seed;
    const EngineResult result = search_once(options);
    ASSERT_TRUE(result.exploration.has_value());
    EXPECT_TRUE(result.exploration->complete);
    EXPECT_EQ(result.exploration->executions, GetParam().interleavings) << "seed " << seed;
    EXPECT_EQ(result.exploration->redundant, 0U);
  }
}

const Counted kCounted[] = {
    {{"fetch_adds", {"5", "1"}}, 120},      // N!
    {{"fetch_adds", {"7", "1"}}, 5'040},    //
    {{"fetch_adds", {"9", "1"}}, 362'880},  //
    {{"fetch_adds", {"4", "2"}}, 576},      // (N!)^2
    {{"fetch_adds", {"6", "2"}}, 518'400},  //
    {{"fetch_adds", {"3", "3"}}, 216},      // (N!)^3
    {{"fetch_adds", {"4", "3"}}, 13'824},   //
    {{"locked_increments", {"6"}}, 720},    // N!
    {{"semaphore_lock", {"2"}}, 2},         //
    {{"semaphore_lock", {"4"}}, 24},        //
    {{"readers", {"13"}}, 8'192},           // 2^N
    {{"lastzero", {"5"}}, 64},              // (N + 3) 2^(N - 2)
    {{"lastzero", {"10"}}, 3'328},          //
    {{"lastzero", {"15"}}, 147'456},        //
    {{"indexer", {"12"}}, 8},               //
    {{"indexer", {"15"}}, 4'096},           //
    {{"fib_bench", {"5"}}, 218'243},        //
    // As GenMC counts them, under sequential consistency.
    {{"cas_chain", {"4"}}, 14},     //
    {{"cas_chain", {"5"}}, 43},     //
    {{"cas_chain", {"6"}}, 144},    //
    {{"cas_chain", {"7"}}, 523},    //
    {{"cas_chain", {"8"}}, 2'048},  //
    {{"cas_chain", {"9"}}, 8'597},  //
};

INSTANTIATE_TEST_SUITE_P(programs, ExactCount, testing::ValuesIn(kCounted),
                         [](const auto& parameter) { return name_of(parameter.param.call); });

// Here runs that only come to wait where others have come before are left off, and counted apart.
class ExactCountOfLocks : public testing::TestWithParam<Counted> {};

TEST_P(ExactCountOfLocks, that_wait_in_loops_is_that_of_their_orders) {
  for (const char* strategy : {"dpor", "dpor:order=random"}) {
    EXPECT_EQ(explored(GetParam().call, strategy).executions, GetParam().interleavings) << strategy;
  }
}

const Counted kLocks[] = {
    {{"spinning_locks", {"polled", "2"}}, 2},
    {{"spinning_locks", {"polled", "3"}}, 6},
    {{"spinning_locks", {"polled", "4"}}, 24},
    {{"spinning_locks", {"test_and_set", "2"}}, 2},      // N!
    {{"spinning_locks", {"test_and_set", "3"}}, 6},      //
    {{"spinning_locks", {"test_and_set", "4"}}, 24},     //
    {{"spinning_locks", {"compare_exchange", "3"}}, 6},  //
    {{"spinning_locks", {"flag", "3"}}, 6},              //
    {{"spinning_locks", {"announcing", "2"}}, 2},        //
    {{"spinning_locks", {"announcing", "3"}}, 6},        //
    {{"spinning_locks", {"ticket", "2"}}, 2},            //
    {{"spinning_locks", {"ticket", "3"}}, 6},            //
};

// What a compiler leaves in a register before a loop may tell its first round from the others.
TEST(Exhaustive, of_locks_whose_rounds_take_several_looks_comes_to_its_end) {
  for (const char* kind : {"test_first", "yielding"}) {
    const Exploration seen = explored({"spinning_locks", {kind, "3"}}, "dpor");
    EXPECT_GE(seen.executions, 6U) << kind;
    EXPECT_LE(seen.executions, 144U) << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(programs, ExactCountOfLocks, testing::ValuesIn(kLocks),
                         [](const auto& parameter) { return name_of(parameter.param.call); });

// ---- dfs: how many within so many preemptions
// ----------------------------------------------------

struct Bounded {
  Call call;
  Numbers by_bound;  // cumulative
};

std::ostream& operator<<(std::ostream& out, const Bounded& bounded) {
  return out << name_of(bounded.call);
}

class ExactBounds : public testing::TestWithParam<Bounded> {};

TEST_P(ExactBounds, dfs_finds_so_many_interleavings_within_each_bound) {
  const Numbers& expected = GetParam().by_bound;
  const Exploration seen =
      explored(GetParam().call, "dfs:bound=" + std::to_string(expected.size() - 1));
  EXPECT_EQ(seen.by_bound, expected);
}

const Bounded kBounded[] = {
    {{"fetch_adds", {"3", "2"}}, {6, 24, 36}},
    {{"fetch_adds", {"4", "2"}}, {24, 168, 432, 576}},
    {{"fetch_adds", {"3", "3"}}, {6, 42, 120, 192, 216}},
};

INSTANTIATE_TEST_SUITE_P(programs, ExactBounds, testing::ValuesIn(kBounded),
                         [](const auto& parameter) { return name_of(parameter.param.call); });

// ---- the two against each other
// ------------------------------------------------------------------

class DfsAndDpor : public testing::TestWithParam<Call> {};

TEST_P(DfsAndDpor, count_the_same_interleavings) {
  const Exploration dpor = explored(GetParam(), "dpor");
  EXPECT_EQ(explored(GetParam(), "dfs").distinct, dpor.executions);
}

TEST_P(DfsAndDpor, find_the_same_outcomes) {
  const std::set<std::string> with_reduction = outcomes(GetParam(), "dpor");
  EXPECT_GT(with_reduction.size(), 1U) << "this compares nothing";
  EXPECT_EQ(outcomes(GetParam(), "dfs"), with_reduction);
}

// Of sizes that dfs, which has no reduction, comes to the end of. The twelve threads of indexer are
// too many for that.
INSTANTIATE_TEST_SUITE_P(programs, DfsAndDpor,
                         testing::Values(Call{"fetch_adds", {"3", "1"}},
                                         Call{"fetch_adds", {"2", "3"}},
                                         Call{"fetch_adds", {"3", "2"}}, Call{"cas_chain", {"3"}},
                                         Call{"cas_chain", {"4"}}, Call{"locked_increments", {"3"}},
                                         Call{"readers", {"2"}}, Call{"lastzero", {"2"}},
                                         Call{"fib_bench", {"1"}}),
                         [](const auto& parameter) { return name_of(parameter.param); });

// ---- stopped and resumed
// -------------------------------------------------------------------------

class Resumed : public testing::TestWithParam<std::string> {};

TEST_P(Resumed, a_search_in_parts_counts_what_one_that_was_not_stopped_counts) {
  SearchOptions options = exhaustive({"fetch_adds", {"3", "2"}}, GetParam());
  options.runs = 1'000'000;
  const Exploration whole = search_once(options).exploration.value_or(Exploration{});
  ASSERT_TRUE(whole.complete);

  // Of a size that divides nothing, so that a part ends in the middle of everything.
  options.runs = whole.executions / 5 + 1;
  unsigned parts = 0;
  SearchOutcome part;
  do {
    part = search(options, {});
    ASSERT_EQ(part.result.error.value_or("none"), "none");
    options.job.strategy_state = part.strategy_state;
    options.job.racy_pcs = part.racy_pcs;
    ++parts;
  } while (!part.result.exhausted && parts < 100);
  EXPECT_GE(parts, 5U);
  EXPECT_EQ(part.result.exploration.value_or(Exploration{}), whole);
}

INSTANTIATE_TEST_SUITE_P(strategies, Resumed, testing::Values("dpor", "dfs:bound=2"),
                         [](const auto& parameter) {
                           return parameter.param.substr(0, parameter.param.find(':'));
                         });

// ---- what others overlook
// ------------------------------------------------------------------------

TEST(Exhaustive, a_deadlock_is_among_what_is_found) {
  SearchOptions options =
      search_options(program_path("any/gcc/lock_order_ab_ba"), EngineKind::fuzz, 1'000);
  options.job.strategy = "dpor";
  const EngineResult result = search_once(options);
  EXPECT_TRUE(result.exhausted);
  EXPECT_NE(find_kind(result, FailureKind::deadlock), nullptr);
}

TEST(Exhaustive, a_timed_lock_that_another_thread_takes_first_may_run_out_of_time) {
  for (const char* name : {"mutex_timedlock", "rwlock_timed"}) {
    SearchOptions options =
        search_options(program_path(std::string("any/gcc/") + name), EngineKind::fuzz, 100'000);
    options.job.strategy = "dpor";
    const EngineResult result = search_once(options);
    EXPECT_TRUE(result.exhausted) << name;
    EXPECT_NE(result.failed, 0U) << name;
  }
}

TEST(Exhaustive, a_use_after_free_hides_no_failure_that_comes_of_the_other_order) {
  SearchOptions options =
      search_options(program_path("exact/freed_early"), EngineKind::fuzz, 100'000);
  for (const char* strategy : {"dpor", "dfs"}) {
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_TRUE(result.exhausted) << strategy;
    EXPECT_NE(find_kind(result, FailureKind::use_after_free), nullptr) << strategy;
    EXPECT_NE(find_kind(result, FailureKind::assertion), nullptr) << strategy;
  }
}

TEST(Exhaustive, what_keeps_a_value_and_releases_is_turned_round_with_who_looks_at_it) {
  for (const char* const way : {"add", "or", "exchange", "compare"}) {
    for (const char* const strategy : {"dpor", "dfs", "auto"}) {
      SearchOptions options =
          search_options(program_path("exact/kept_value"), EngineKind::fuzz, 5'000);
      options.worker.args = {way};
      options.job.strategy = strategy;
      const EngineResult result = search_once(options);
      EXPECT_NE(find_kind(result, FailureKind::assertion), nullptr) << strategy << ", " << way;
      EXPECT_FALSE(is_proof(result.claim)) << strategy << ", " << way;
    }
  }
}

// Of the 120 orders of five operations those are one that differ in the order of what leaves the
// value alone: the look, and compare-exchanges that do not find what they expect.
TEST(Exhaustive, what_keeps_a_value_only_if_it_finds_it_is_turned_round_too) {
  for (const char* const order : {"01234", "10234", "23410", "42301"}) {
    SearchOptions options =
        search_options(program_path("exact/kept_if_equal"), EngineKind::fuzz, 5'000);
    options.worker.args = {order};
    options.job.strategy = "dpor";
    const EngineResult result = search_once(options);
    EXPECT_TRUE(result.exhausted) << order;
    ASSERT_TRUE(result.exploration.has_value()) << order;
    EXPECT_EQ(result.exploration->executions, 82U) << order;
  }
}

// Two threads, each with a weak compare-exchange that matches: in each order of steps one way
// without a failure, two with one, one with both.
TEST(Exhaustive, choices_and_deviations_are_bounded_as_asked) {
  const auto explored = [](const std::string& strategy) {
    SearchOptions options =
        search_options(program_path("claims/both_fail"), EngineKind::fuzz, 100'000);
    options.job.strategy = strategy;
    return search_once(options).exploration.value_or(Exploration{});
  };
  const Exploration none = explored("dfs:choices=0");
  const Exploration all = explored("dfs:choices=2");
  if (all.executions == none.executions) GTEST_SKIP() << "the compiler does not tell weak ones";
  EXPECT_TRUE(none.complete);
  EXPECT_EQ(none.outside_choices, 0U);
  const Exploration one = explored("dfs:choices=1");
  EXPECT_EQ(one.executions, 3 * none.executions);
  EXPECT_EQ(one.outside_choices, 1U);
  EXPECT_EQ(all.executions, 4 * none.executions);
  EXPECT_EQ(all.outside_choices, Exploration::kNoBound);
  const Exploration by_default = explored("dfs:deviations=0");
  EXPECT_EQ(by_default.executions, 1U);
  EXPECT_EQ(by_default.deviations, 0U);
  // One of them: of a choice, or of who goes next.
  EXPECT_GT(explored("dfs:deviations=1").executions, 3U);
}

TEST(Exhaustive, correct_cases_are_proved_so) {
  for (const char* name : {"mutex_counter", "queue_handoff.fixed", "atomic_counter.fixed"}) {
    SearchOptions options = search_options(case_path(name), EngineKind::fuzz, 1'000'000);
    options.job.strategy = "dpor";
    const EngineResult result = search_once(options);
    EXPECT_TRUE(result.exhausted) << name;
    EXPECT_EQ(result.failed, 0U) << name;
    ASSERT_TRUE(result.exploration.has_value()) << name;
    EXPECT_FALSE(result.exploration->limited) << name;
    EXPECT_GT(result.exploration->executions, 1U) << name;
  }
}

}  // namespace
}  // namespace heddle::verdicts
