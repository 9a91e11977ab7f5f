// A GoogleTest program, taken apart: each test that starts threads is judged for itself, the others
// are skipped and counted.
#include "harness/search/google_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using Names = std::vector<std::string>;

nlohmann::json report_of(std::vector<std::string> options, int status) {
  const TemporaryFolder folder;
  const std::string file = folder / "out.json";
  options.insert(options.begin(),
                 {"run", program_path("google_tests"), "--report", "json:" + file});
  const Ended ended = heddle_command(options);
  EXPECT_EQ(ended.status, status) << ended.err;
  std::ifstream json(file);
  return json.good() ? nlohmann::json::parse(json) : nlohmann::json();
}

TEST(GoogleTestProgram, lists_its_tests_without_those_that_are_disabled) {
  SearchOptions options = search_options(program_path("google_tests"), EngineKind::fuzz, 1);
  const auto listed = list_google_tests(options.worker, std::nullopt);
  ASSERT_TRUE(std::holds_alternative<TestList>(listed));
  EXPECT_EQ(
      std::get<TestList>(listed).tests,
      (Names{"Counter.Unlocked", "Counter.Locked", "Counter.LoadAndStore", "Counter.OfOneThread",
             "Typed/0.OneThread", "Typed/1.OneThread", "Environment.NamesNoReport",
             "Of/Sum.OfAtomicIncrements/0", "Of/Sum.OfAtomicIncrements/1"}));
  EXPECT_EQ(std::get<TestList>(listed).disabled, 1U);
}

TEST(GoogleTestProgram, that_does_not_end_its_list_is_an_error) {
  SearchOptions options = search_options(program_path("dying"), EngineKind::fuzz, 1);
  options.worker.args = {"spin"};
  const auto listed =
      list_google_tests(options.worker, std::nullopt, std::chrono::milliseconds(200));
  ASSERT_TRUE(std::holds_alternative<StartError>(listed));
  EXPECT_NE(std::get<StartError>(listed).message.find("did not end"), std::string::npos);
}

TEST(GoogleTestProgram, each_test_is_judged_for_itself_and_those_of_one_thread_are_skipped) {
  const auto report = report_of({"--engine", "fuzz", "--runs", "1000"}, 1);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report.at("cases_skipped"), 4);
  std::map<std::string, std::uint64_t> failed;
  Names skipped;
  for (const auto& result : report.at("cases")) {
    EXPECT_EQ(result.at("google_test"), true);
    if (result.at("skipped").is_null()) {
      const auto& engine = result.at("engines").at(0);
      if (engine.at("exhausted") == false) {
        EXPECT_EQ(engine.at("runs"), 1'000);
      }
      failed[result.at("name")] = engine.at("failed");
    } else {
      EXPECT_TRUE(result.at("engines").empty());
      skipped.push_back(result.at("name"));
    }
  }
  EXPECT_EQ(skipped,
            (Names{"google_tests:Counter.OfOneThread", "google_tests:Typed/0.OneThread",
                   "google_tests:Typed/1.OneThread", "google_tests:Environment.NamesNoReport"}));
  // The race is in every run. Of a lost update without one it is known only that some have it.
  const std::uint64_t lost = failed["google_tests:Counter.LoadAndStore"];
  EXPECT_GT(lost, 0U);
  EXPECT_LT(lost, 1'000U);
  failed.erase("google_tests:Counter.LoadAndStore");
  EXPECT_EQ(failed, (std::map<std::string, std::uint64_t>{
                        {"google_tests:Counter.Unlocked", 1'000},
                        {"google_tests:Counter.Locked", 0},
                        {"google_tests:Of/Sum.OfAtomicIncrements/0", 0},
                        {"google_tests:Of/Sum.OfAtomicIncrements/1", 0}}));
}

class GoogleTestEngines : public testing::TestWithParam<std::string> {};

TEST_P(GoogleTestEngines, pass_correct_tests_and_find_the_race) {
  EXPECT_EQ(
      report_of({"--engine", GetParam(), "--runs", "200", "--gtest_filter", "Counter.Locked:Of/*"},
                0)
          .at("cases")
          .size(),
      3U);
  const std::string expected = GetParam() == "stress" ? "any" : "fail:data_race";
  report_of({"--engine", GetParam(), "--runs", "200", "--gtest_filter=Counter.Unlocked", "--expect",
             expected},
            0);
}

INSTANTIATE_TEST_SUITE_P(all, GoogleTestEngines,
                         testing::Values("stress", "tsan", "fuzz", "relacy"),
                         [](const auto& parameter) { return parameter.param; });

// As the report prints it, and by the option.
TEST(GoogleTestProgram, the_replay_line_shows_the_failed_test_again) {
  const auto report =
      report_of({"--engine", "fuzz", "--runs", "1000", "--gtest_filter=Counter.LoadAndStore"}, 1);
  const auto& finding = report.at("cases").at(0).at("engines").at(0).at("findings").at(0);
  EXPECT_EQ(finding.at("minimal").at("one_minimal"), true);
  // Which assertion it was, and not the exit status of them all.
  const std::string message = finding.at("message");
  EXPECT_TRUE(message.starts_with("google_tests.cpp:")) << message;
  EXPECT_NE(message.find("Which is: 1"), std::string::npos) << message;
  const std::string line = finding.at("replay");
  const std::string end = " -- --gtest_filter=Counter.LoadAndStore";
  ASSERT_TRUE(line.ends_with(end)) << line;
  const std::string token = finding.at("token");
  const std::string program = program_path("google_tests");
  for (const Names& words :
       {Names{"replay", token, program, "--", "--gtest_filter=Counter.LoadAndStore"},
        Names{"replay", token, program, "--gtest_filter=Counter.LoadAndStore"}}) {
    const Ended ended = heddle_command(words);
    EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("an increment was lost"), std::string::npos) << ended.out;
  }
}

TEST(GoogleTestProgram, of_which_no_test_starts_a_thread_is_no_pass) {
  const Ended ended =
      heddle_command({"run", program_path("google_tests"), "--gtest_filter=*OneThread*"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("nothing was controlled"), std::string::npos) << ended.err;
  EXPECT_NE(ended.out.find(": 3 of 3 tests never start a second"), std::string::npos) << ended.out;
}

TEST(GoogleTestProgram, a_filter_that_fits_nothing_is_one_line) {
  const auto complaint = [](const std::string& program, const std::string& pattern, int status) {
    const Ended ended = heddle_command({"run", program, "--gtest_filter=" + pattern});
    EXPECT_EQ(ended.status, status);
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    return ended.err;
  };
  const std::string program = program_path("google_tests");
  EXPECT_NE(complaint(program, "Nothing.*", 2).find("'Nothing.*'"), std::string::npos);
  EXPECT_NE(complaint(program, "*Endless", 3).find("DISABLED_"), std::string::npos);
  EXPECT_NE(complaint("mutex_counter", "*", 2).find("no GoogleTest program"), std::string::npos);
}

}  // namespace
}  // namespace heddle::verdicts
