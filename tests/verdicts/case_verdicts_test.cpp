// All that cases are known to do, under the engines that decide every interleaving themselves: the
// oldest ones here, by every kind of failure. (Each case and engine is a test of CTest.)
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using enum FailureKind;

struct Verdict {
  std::string name;
  std::set<FailureKind> fuzz;
  std::set<FailureKind> relacy;
};

const std::vector<Verdict> kVerdicts = {
    // Relacy stops at the race, before the assertion can fail.
    {"unlocked_counter", {data_race, assertion}, {data_race}},
    {"mutex_counter", {}, {}},
    {"atomic_counter", {assertion}, {assertion}},
    {"atomic_counter.fixed", {}, {}},
    {"relaxed_publish", {data_race}, {data_race}},
    {"relaxed_publish.fixed", {}, {}},
    {"queue_handoff", {lost_wakeup}, {lost_wakeup}},
    {"queue_handoff.fixed", {}, {}},
};

class CaseVerdict : public testing::TestWithParam<Verdict> {};

void expect_verdict(EngineKind engine, const std::string& name,
                    const std::set<FailureKind>& expected) {
  const EngineResult result = search_once(search_options(case_path(name), engine, 2'000));
  EXPECT_EQ(result.error.value_or(""), "");
  expect_enough_runs(result, 2'000);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_EQ(kinds(result), expected);
  EXPECT_EQ(result.failed == 0, expected.empty()) << result.failed << " runs failed";
}

TEST_P(CaseVerdict, under_fuzz_is_as_known) {
  expect_verdict(EngineKind::fuzz, GetParam().name, GetParam().fuzz);
}

TEST_P(CaseVerdict, under_relacy_is_as_known) {
  expect_verdict(EngineKind::relacy, GetParam().name, GetParam().relacy);
}

INSTANTIATE_TEST_SUITE_P(cases, CaseVerdict, testing::ValuesIn(kVerdicts),
                         [](const auto& parameter) {
                           std::string name = parameter.param.name;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

// By their names, as a person runs them who gives no option.
TEST(Auto, ends_with_a_proof_where_the_program_is_small_and_correct) {
  for (const auto& [name, interleavings] :
       {std::pair("mutex_counter", 2U), std::pair("queue_handoff.fixed", 22U)}) {
    const EngineResult result =
        search_once(search_options(case_path(name), EngineKind::fuzz, 10'000));
    EXPECT_TRUE(result.exhausted) << name;
    ASSERT_TRUE(result.exploration.has_value()) << name;
    EXPECT_EQ(result.exploration->executions, interleavings) << name;
    EXPECT_EQ(result.failed, 0U) << name;
    EXPECT_LT(result.runs, 100U) << name;
    EXPECT_TRUE(is_proof(result.claim)) << name;
  }
}

TEST(Auto, gives_a_rate_over_all_runs_where_the_program_fails) {
  const EngineResult result =
      search_once(search_options(case_path("atomic_counter"), EngineKind::fuzz, 2'000));
  EXPECT_EQ(result.runs, 2'000U);
  EXPECT_FALSE(result.exhausted);
  EXPECT_GT(result.rate().hits, 100U);
  EXPECT_EQ(result.rate().runs, result.runs - result.explored);
  EXPECT_EQ(result.rate().hits, result.failed - result.explored_failed);
}

TEST(Auto, makes_no_more_runs_than_it_is_given) {
  for (const std::uint64_t runs : {1U, 3U, 5U, 10U}) {
    EXPECT_EQ(
        search_once(search_options(case_path("queue_handoff.fixed"), EngineKind::fuzz, runs)).runs,
        runs);
  }
}

// Beside the sampling of a program with many threads a search through all orders is tried, and
// each of its runs is ended for being far longer than those that were sampled.
TEST(Auto, counts_no_run_that_it_ended_for_its_length) {
  const TemporaryFolder folder;
  SearchOptions options =
      search_options(program_path("long_first_orders"), EngineKind::fuzz, 1'024 + 40);
  options.worker.args = {folder / "noted"};
  const EngineResult result = search_once(options);
  ASSERT_TRUE(result.exploration.has_value());
  EXPECT_TRUE(result.exploration->limited);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_FALSE(result.limit.has_value()) << "that is none of the user's";
  EXPECT_EQ(result.runs, options.runs);
  // Each run that is counted has come to its end, and some were made twice.
  EXPECT_GE(std::filesystem::file_size(folder / "noted"), result.runs);
}

TEST(QueueHandoff, lost_wakeup_names_the_threads_that_wait_and_what_for) {
  const EngineResult result =
      search_once(search_options(case_path("queue_handoff"), EngineKind::fuzz, 2'000));
  const Finding* finding = find_kind(result, lost_wakeup);
  ASSERT_NE(finding, nullptr);
  bool consumer_waits = false;
  bool main_waits = false;
  for (const Place& place : finding->failure.places) {
    consumer_waits |= place.thread == 2 && place.op.kind == OpKind::cond_wait;
    main_waits |= place.thread == 0 && place.op.kind == OpKind::thread_join;
  }
  EXPECT_TRUE(consumer_waits);
  EXPECT_TRUE(main_waits);
}

TEST(Fences, release_and_acquire_fences_order_relaxed_accesses) {
  const EngineResult result =
      search_once(search_options(program_path("fence_publish"), EngineKind::fuzz, 2'000));
  EXPECT_EQ(result.error.value_or(""), "");
  expect_enough_runs(result, 2'000);
  EXPECT_EQ(result.failed, 0U);
}

TEST(Fences, without_them_the_same_program_races) {
  const EngineResult result =
      search_once(search_options(program_path("fence_publish.without"), EngineKind::fuzz, 2'000));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(kinds(result), std::set<FailureKind>{data_race});
}

}  // namespace
}  // namespace heddle::verdicts
