// Correct programs pass under the engines that have real threads, in the later runs of a process as
// in its first. Under the others: any_program_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// HEDDLE_CORRECT_RUNS: so many runs of each program instead.
std::uint64_t runs(std::uint64_t few) {
  const char* const wanted = std::getenv("HEDDLE_CORRECT_RUNS");
  return wanted == nullptr ? few : std::strtoull(wanted, nullptr, 10);
}

// What ThreadSanitizer cannot do, with Heddle or without.
const std::map<std::string, std::string> kNotUnderThreadSanitizer = {
    {"barrier_freed", "it does not see that pthread_barrier_destroy() waits for who leaves"},
    {"before_main_signal_stack", "each thread has one of its runtime's"},
    {"c11_condition", "it does not know thrd_create(), and crashes in the new thread"},
    {"c11_mutex", "likewise"},
    {"c11_once_tss", "likewise"},
    {"deadline_lock_alone", "it does not know pthread_mutex_clocklock()"},
    {"end_value_at_thread_exit",
     "what the C++ library does at the end of a thread it does not see"},
    {"life_stack_barrier", "it does not see that a barrier in the C library's code orders"},
    {"main_joined", "it does not know that main's thread can be joined, and ends the process"},
    {"mutex_errorcheck", "it reports what such a mutex is there to refuse"},
    {"signal_stack", "each thread has one of its runtime's"},
    {"timed_mutex", "it does not know pthread_mutex_clocklock()"},
};

std::vector<std::string> correct_programs() {
  std::vector<std::string> names;
  const std::filesystem::path folder =
      std::filesystem::path(HEDDLE_TEST_SOURCE_DIR) / "tests/verdicts/programs/any";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path program = entry.path().stem();
    // On real threads these are correct as far as the machine is quick.
    if (program.string().starts_with("deadline_")) continue;
    if (program.extension() == ".fixed") names.push_back(program.stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const testing::TestParamInfo<std::string>& parameter) {
  return parameter.param;
}

void expect_pass(const std::string& program, EngineKind engine, std::uint64_t count) {
  const std::string path = program_path("any/gcc/" + program + ".fixed");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not built";
  const EngineResult result = search_once(search_options(path, engine, count));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, count);
  EXPECT_EQ(result.failed + result.gave_up, 0U)
      << (result.findings.empty() ? "" : result.findings.front().failure.message);
  // Else a process for each run hides what is not put back.
  EXPECT_FALSE(result.not_as_fresh.has_value());
}

class CorrectProgram : public testing::TestWithParam<std::string> {};

TEST_P(CorrectProgram, passes_under_stress) {
  expect_pass(GetParam(), EngineKind::stress, runs(300));
}

TEST_P(CorrectProgram, passes_under_thread_sanitizer) {
  const auto reason = kNotUnderThreadSanitizer.find(GetParam());
  if (reason != kNotUnderThreadSanitizer.end()) GTEST_SKIP() << reason->second;
  expect_pass(GetParam(), EngineKind::tsan, runs(30));
}

void expect_no_sleeper(EngineKind engine, std::uint64_t runs) {
  SearchOptions options = search_options(program_path("static_guards"), engine, runs);
  options.job.delay = {.probability = 0.3, .mean_ns = 5'000};
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, runs);
  EXPECT_EQ(result.failed, 0U);
}

// Marked as initialised before the C++ library had heard of it: who came just then slept for ever.
TEST(LocalStatic, wakes_who_waits_under_stress) {
  expect_no_sleeper(EngineKind::stress, 300);
}

// ThreadSanitizer of g++ 12 wakes nobody when an initialisation throws.
TEST(LocalStatic, wakes_who_waits_under_thread_sanitizer) {
  expect_no_sleeper(EngineKind::tsan, 50);
}

INSTANTIATE_TEST_SUITE_P(programs, CorrectProgram, testing::ValuesIn(correct_programs()),
                         test_name);

TEST(CorrectPrograms, are_enough) {
  EXPECT_GT(correct_programs().size(), 100U);
}

}  // namespace
}  // namespace heddle::verdicts
