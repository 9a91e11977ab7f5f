// What is outside the reach of a scheduler is said by name, and what is merely large or slow is not
// taken for a failure.
#include <gtest/gtest.h>

#include <filesystem>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

EngineResult run_with(const std::vector<std::string>& what, std::uint64_t runs) {
  SearchOptions options = search_options(program_path("outside_world"), EngineKind::fuzz, runs);
  options.job.strategy = "random";
  options.worker.args = what;
  return search_once(options);
}

void expect_all_pass(const EngineResult& result, std::uint64_t runs) {
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, runs);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_FALSE(result.divergence.has_value());
}

TEST(OutsideWorld, another_process_is_refused_by_name) {
  const EngineResult result = run_with({"fork"}, 10);
  EXPECT_NE(result.error.value_or("").find("calls fork"), std::string::npos)
      << result.error.value_or("no error");
  EXPECT_EQ(result.failed, 0U);
}

TEST(OutsideWorld, how_another_process_ends_is_no_end_of_the_run_with_real_threads) {
  for (const EngineKind engine : {EngineKind::stress, EngineKind::tsan}) {
    SearchOptions options = search_options(program_path("outside_world"), engine, 20);
    options.worker.args = {"child"};
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 20U);
    EXPECT_EQ(result.failed, 0U) << to_string(engine);
  }
}

TEST(OutsideWorld, a_library_loaded_in_a_run_is_refused_by_name) {
  const EngineResult result = run_with({"dlopen"}, 10);
  EXPECT_NE(result.error.value_or("").find("calls dlopen"), std::string::npos)
      << result.error.value_or("no error");
  EXPECT_EQ(result.failed, 0U);
}

TEST(OutsideWorld, threads_of_openmp_are_refused_by_name) {
  const SearchOptions options = search_options(program_path("openmp"), EngineKind::fuzz, 10);
  if (!std::filesystem::exists(options.worker.program)) GTEST_SKIP() << "not built with g++";
  const EngineResult result = search_once(options);
  EXPECT_NE(result.error.value_or("").find("calls OpenMP"), std::string::npos)
      << result.error.value_or("no error");
  EXPECT_EQ(result.failed, 0U);
}

TEST(OutsideWorld, a_program_that_differs_from_itself_is_told_where) {
  const TemporaryFolder folder;
  const EngineResult result = run_with({"file", folder / "grows"}, 10);
  ASSERT_TRUE(result.divergence.has_value());
  EXPECT_EQ(result.divergence->run, 0U);
  ASSERT_TRUE(result.divergence->first.has_value() || result.divergence->second.has_value());
}

// The unwinder prepares itself once in a process: that is no step of the program.
TEST(OutsideWorld, a_run_that_throws_first_is_like_the_others) {
  SearchOptions options = search_options(program_path("outside_world"), EngineKind::fuzz, 20);
  options.worker.args = {"throw"};
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.failed, 20U);
  EXPECT_FALSE(result.divergence.has_value());
}

TEST(OutsideWorld, reading_for_long_is_no_livelock) {
  expect_all_pass(run_with({"read"}, 20), 20);
}

TEST(OutsideWorld, waiting_by_the_clock_comes_to_an_end) {
  expect_all_pass(run_with({"clock"}, 100), 100);
}

TEST(OutsideWorld, a_thousand_threads_run) {
  expect_all_pass(run_with({"threads"}, 20), 20);
}

TEST(OutsideWorld, ten_million_steps_run) {
  expect_all_pass(run_with({"steps"}, 2), 2);
}

}  // namespace
}  // namespace heddle::verdicts
