// An exhaustive search that the command stops and goes on with.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr int kUsage = 2;

class Resume : public testing::Test {
 protected:
  // The engine's part of the report.
  nlohmann::json go_on(const std::string& runs) {
    const std::string json = folder_ / "out.json";
    const Ended ended = command({"--strategy", "dpor", "--runs", runs, "--report", "json:" + json});
    EXPECT_EQ(ended.status, 0) << ended.err;
    std::ifstream file(json);
    return nlohmann::json::parse(file).at("cases").at(0).at("engines").at(0);
  }

  Ended command(const std::vector<std::string>& options) {
    std::vector<std::string> args = {"run",      program_path("exact/fetch_adds"),
                                     "--engine", "fuzz",
                                     "--resume", folder_ / "search"};
    args.insert(args.end(), options.begin(), options.end());
    args.insert(args.end(), {"--", "5", "1"});
    return heddle_command(args);
  }

  void expect_refused(const Ended& ended, const std::string& part) {
    EXPECT_EQ(ended.status, kUsage);
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_NE(ended.err.find(part), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
  }

  TemporaryFolder folder_;
};

TEST_F(Resume, the_parts_add_up_to_the_whole) {
  EXPECT_EQ(go_on("50").at("exploration").at("executions"), 50);
  EXPECT_EQ(go_on("50").at("exploration").at("executions"), 100);
  const auto last = go_on("50");
  EXPECT_EQ(last.at("runs"), 20);
  EXPECT_EQ(last.at("exhausted"), true);
  EXPECT_EQ(last.at("exploration").at("executions"), 120);
  EXPECT_EQ(last.at("exploration").at("redundant"), 0);
}

TEST_F(Resume, a_search_of_something_else_is_not_taken_for_this_one) {
  go_on("50");
  expect_refused(command({"--strategy", "dfs:bound=1"}), "another strategy");
  expect_refused(command({"--strategy", "dpor", "--seed", "2"}), "another seed");
}

TEST_F(Resume, a_search_that_has_ended_has_its_result_again) {
  const auto whole = go_on("1000");
  EXPECT_EQ(whole.at("runs"), 120);
  const auto again = go_on("1000");
  EXPECT_EQ(again.at("runs"), 120);
  EXPECT_EQ(again.at("proved"), whole.at("proved"));
  EXPECT_EQ(again.at("exploration"), whole.at("exploration"));
}

TEST_F(Resume, a_search_that_has_ended_in_failures_fails_again) {
  const auto part = [&] {
    return heddle_command({"run", "atomic_counter", "--engine", "fuzz", "--strategy", "dpor",
                           "--resume", folder_ / "failing", "--report",
                           "json:" + folder_ / "failing.json"});
  };
  const auto engine = [&] {
    std::ifstream file(folder_ / "failing.json");
    return nlohmann::json::parse(file).at("cases").at(0).at("engines").at(0);
  };
  EXPECT_EQ(part().status, 1);
  const auto first = engine();
  ASSERT_TRUE(first.at("exhausted"));
  EXPECT_EQ(part().status, 1);
  const auto again = engine();
  EXPECT_EQ(again.at("failed"), first.at("failed"));
  EXPECT_EQ(again.at("findings").size(), first.at("findings").size());
  EXPECT_EQ(again.at("findings").at(0).at("key"), first.at("findings").at(0).at("key"));
}

TEST_F(Resume, a_damaged_file_is_refused_and_left_alone) {
  std::ofstream(folder_ / "search") << "{\"heddle_search\": 1";
  expect_refused(command({"--strategy", "dpor"}), "damaged");
  std::ifstream file(folder_ / "search");
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "{\"heddle_search\": 1");
}

TEST_F(Resume, only_an_exhaustive_search_can_be_resumed) {
  expect_refused(command({"--strategy", "random"}), "--strategy dpor");
}

}  // namespace
}  // namespace heddle::verdicts
