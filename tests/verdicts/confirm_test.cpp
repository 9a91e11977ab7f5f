// A run is worth what a fresh process is worth: what only processes of many runs show does not
// count, and what fresh ones show does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

SearchOptions options_of(EngineKind engine, const std::vector<std::string>& what,
                         std::uint64_t runs) {
  SearchOptions options = search_options(program_path("run_of_process"), engine, runs);
  options.job.strategy = "random";
  options.worker.args = what;
  return options;
}

std::string messages(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.failure.message + "\n";
  return text;
}

class Confirm : public testing::TestWithParam<EngineKind> {};

TEST_P(Confirm, what_only_comes_after_another_run_does_not_count) {
  const std::uint64_t runs = GetParam() == EngineKind::tsan ? 30 : 100;
  const EngineResult result = search_once(options_of(GetParam(), {"second"}, runs));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.runs, runs);
  EXPECT_FALSE(result.first_failure.has_value());
  EXPECT_TRUE(result.findings.empty()) << messages(result.findings);
  ASSERT_TRUE(result.not_as_fresh.has_value());
  EXPECT_TRUE(result.not_as_fresh->own_processes);
  ASSERT_FALSE(result.not_as_fresh->failures.empty());
  EXPECT_EQ(result.not_as_fresh->failures.front().failure.kind, FailureKind::assertion);
  EXPECT_FALSE(is_proof(result.claim));
}

TEST_P(Confirm, nor_where_processes_are_not_to_be_made) {
  const std::uint64_t runs = GetParam() == EngineKind::tsan ? 60 : 200;
  SearchOptions options = options_of(GetParam(), {"second"}, runs);
  options.job.isolation = Isolation::memory;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, runs);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_TRUE(result.findings.empty()) << messages(result.findings);
  ASSERT_TRUE(result.not_as_fresh.has_value());
  EXPECT_FALSE(result.not_as_fresh->own_processes);
  ASSERT_EQ(result.not_as_fresh->failures.size(), 1U);
  EXPECT_GT(result.not_as_fresh->failures.front().count, 5U);
}

TEST_P(Confirm, what_only_a_first_run_shows_is_the_programs) {
  const std::uint64_t runs = GetParam() == EngineKind::tsan ? 100 : 200;
  const EngineResult result = search_once(options_of(GetParam(), {"first"}, runs));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, runs);
  EXPECT_EQ(result.failed, runs);
  ASSERT_EQ(result.findings.size(), 1U) << messages(result.findings);
  EXPECT_EQ(result.findings.front().count, runs);
  EXPECT_EQ(result.findings.front().fresh, FreshProcess::shown);
  // Under tsan a run that fails ends its process, so that all are first runs.
  if (GetParam() == EngineKind::tsan) return;
  ASSERT_TRUE(result.not_as_fresh.has_value());
  EXPECT_TRUE(result.not_as_fresh->own_processes);
}

// What another process finds as well is the program's, whoever keeps it.
TEST_P(Confirm, a_file_that_stays_is_the_programs) {
  const TemporaryFolder folder;
  const EngineResult result = search_once(options_of(GetParam(), {"file", folder / "stays"}, 60));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 60U);
  EXPECT_GE(result.failed, 58U);
  EXPECT_EQ(result.findings.size(), 1U) << messages(result.findings);
  EXPECT_FALSE(result.not_as_fresh.has_value());
}

INSTANTIATE_TEST_SUITE_P(engines, Confirm,
                         testing::Values(EngineKind::fuzz, EngineKind::relacy, EngineKind::stress,
                                         EngineKind::tsan),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

TEST(ConfirmPasses, a_run_that_passes_with_other_steps_is_not_repeatable_either) {
  const EngineResult result = search_once(options_of(EngineKind::fuzz, {"steps"}, 100));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 100U);
  EXPECT_EQ(result.failed, 0U);
  ASSERT_TRUE(result.not_as_fresh.has_value());
  EXPECT_TRUE(result.not_as_fresh->divergence.has_value());
  EXPECT_TRUE(result.not_as_fresh->own_processes);
  EXPECT_FALSE(result.divergence.has_value()) << "in fresh processes it repeats itself";
}

TEST(ConfirmPasses, the_same_seed_has_the_same_report) {
  const SearchOptions options = options_of(EngineKind::fuzz, {"second"}, 60);
  const EngineResult first = search_once(options);
  const EngineResult second = search_once(options);
  ASSERT_TRUE(first.not_as_fresh.has_value() && second.not_as_fresh.has_value());
  ASSERT_EQ(first.not_as_fresh->failures.size(), second.not_as_fresh->failures.size());
  EXPECT_EQ(first.not_as_fresh->failures.front().count,
            second.not_as_fresh->failures.front().count);
  EXPECT_EQ(first.coverage->distinct, second.coverage->distinct);
}

// The rule about first runs must not cost bugs that are rare everywhere.
TEST(ConfirmRates, a_bug_that_shows_in_one_run_of_a_thousand_is_reported) {
  const EngineResult result =
      search_once(options_of(EngineKind::stress, {"sometimes", "1000"}, 10'000));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 10'000U);
  // None in so many: once in twenty thousand times.
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().failure.kind, FailureKind::assertion);
  EXPECT_GT(result.failed, 0U);
  EXPECT_LT(result.failed, 40U);
  EXPECT_FALSE(result.not_as_fresh.has_value());
}

TEST(ConfirmRates, a_bug_beside_what_only_comes_after_another_run_is_reported) {
  const EngineResult result =
      search_once(options_of(EngineKind::stress, {"second,sometimes", "5"}, 100));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 100U);
  ASSERT_EQ(result.findings.size(), 1U) << messages(result.findings);
  EXPECT_NE(result.findings.front().failure.message.find("by chance"), std::string::npos);
  EXPECT_LT(result.failed, 60U);
  EXPECT_TRUE(result.not_as_fresh.has_value());
}

}  // namespace
}  // namespace heddle::verdicts
