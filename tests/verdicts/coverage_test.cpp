// What a search says it has been through.
#include <gtest/gtest.h>

#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::string compiler() {
  std::string name;
  std::getline(std::istringstream(HEDDLE_TEST_ANY_COMPILERS), name, ',');
  return name;
}

SearchOptions dfs_options(const std::string& program) {
  SearchOptions options = search_options(program, EngineKind::fuzz, 3'000);
  options.job.strategy = "dfs";
  options.job.step_limit = 20'000;
  return options;
}

// dfs keeps the partial order of each run with vector clocks, step by step. The fingerprint that
// every run has anyway must tell the same interleavings apart, over all schedules or as many of
// them as were executed.
//
// The two differ by design, and such programs are not here, where
// - a failure ends the run while others could have gone on: dfs counts steps that nobody can see;
// - a thread wakes by itself while its mutex is taken: for dfs that is a step more;
// - only the outcome of a choice differs (who timed out, whether a weak exchange failed): to dfs,
//   steps are alike whatever they did.
void expect_the_count_of_dfs(const std::string& program) {
  SCOPED_TRACE(program);
  const EngineResult result = search_once(dfs_options(program));
  ASSERT_FALSE(result.error.has_value()) << *result.error;
  ASSERT_TRUE(result.exploration.has_value());
  ASSERT_TRUE(result.coverage.has_value());
  EXPECT_TRUE(result.coverage->exact);
  EXPECT_EQ(result.coverage->distinct, result.exploration->distinct);
}

// clang has one hook for x = x + 1, that of the write, so the cases built with it have other steps.
#ifdef __clang__
constexpr bool kReadsOfIncrements = false;
#else
constexpr bool kReadsOfIncrements = true;
#endif

TEST(Coverage, of_cases_is_what_dfs_counts) {
  if (!kReadsOfIncrements) GTEST_SKIP() << "of the cases as g++ builds them";
  for (const std::string name :
       {"unlocked_counter", "mutex_counter", "atomic_counter", "atomic_counter.fixed",
        "relaxed_publish", "relaxed_publish.fixed"}) {
    expect_the_count_of_dfs(case_path(name));
  }
}

TEST(Coverage, of_all_kinds_of_synchronisation_is_what_dfs_counts) {
  for (const std::string name :
       {"atomic_flag_lock.fixed", "atomic_wait_notify_one", "bank_audit", "bank_transfer",
        "binary_semaphore.fixed", "call_once_by_hand.fixed", "check_then_act",
        "counting_semaphore.fixed", "dining_philosophers", "fence_dekker.fixed", "latch.fixed",
        "notify_without_lock", "peterson.fixed", "seqlock.fixed", "shared_mutex.fixed",
        "spsc_ring.fixed", "weak_exchange.fixed"}) {
    expect_the_count_of_dfs(program_path("any/" + compiler() + "/" + name));
  }
}

TEST(Coverage, does_not_depend_on_the_number_of_workers) {
  for (const std::string name : {"unlocked_counter", "queue_handoff"}) {
    SCOPED_TRACE(name);
    SearchOptions options = search_options(case_path(name), EngineKind::fuzz, 5'000);
    const auto one = search_once(options).coverage;
    options.workers = 3;
    const auto three = search_once(options).coverage;
    ASSERT_TRUE(one.has_value());
    EXPECT_GT(one->distinct, 1U);
    EXPECT_TRUE(one->late.has_value());
    EXPECT_LT(one->fewest_decisions, one->most_decisions);
    EXPECT_EQ(one, three);
  }
}

TEST(Coverage, is_of_one_granularity) {
  if (!kReadsOfIncrements) GTEST_SKIP() << "of the cases as g++ builds them";
  // The four orders of two reads and two writes, and not those of runs that did not know yet that
  // they race.
  const auto coverage =
      search_once(search_options(case_path("unlocked_counter"), EngineKind::fuzz, 5'000)).coverage;
  ASSERT_TRUE(coverage.has_value());
  EXPECT_GT(coverage->from_run, 0U);
  EXPECT_EQ(coverage->distinct, 4U);
  EXPECT_EQ(coverage->late, 0U);
}

TEST(Coverage, of_pct_states_the_bound_that_its_runs_support) {
  SearchOptions options = search_options(case_path("mutex_counter"), EngineKind::fuzz, 100);
  options.job.strategy = "pct:depth=2,k=50";
  const auto coverage = search_once(options).coverage;
  ASSERT_TRUE(coverage.has_value());
  ASSERT_TRUE(coverage->bound.has_value());
  EXPECT_EQ(coverage->bound->depth, 2U);
  EXPECT_EQ(coverage->bound->threads, 3U);
  EXPECT_EQ(coverage->bound->decisions, coverage->most_decisions);
  EXPECT_DOUBLE_EQ(coverage->bound->per_run, 1.0 / (3 * 50));
  // Runs were longer than the k that was asked for: nothing is promised.
  options.job.strategy = "pct:depth=2,k=2";
  EXPECT_FALSE(search_once(options).coverage->bound.has_value());
}

TEST(Coverage, is_of_fuzz_alone) {
  EXPECT_FALSE(search_once(search_options(case_path("mutex_counter"), EngineKind::relacy, 100))
                   .coverage.has_value());
}

}  // namespace
}  // namespace heddle::verdicts
