// What the words of a command line mean, and which of them are refused before any run.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr int kUsage = 2;
constexpr int kOwnError = 3;

using Words = std::vector<std::string>;

Ended run_fuzz(Words words) {
  words.insert(words.begin(), {"run", "mutex_counter", "--engine", "fuzz", "--strategy", "random"});
  return heddle_command(std::move(words));
}

nlohmann::json read_json(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

void expect_one_line(const Ended& ended) {
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_TRUE(ended.err.starts_with("heddle: ")) << ended.err;
}

TEST(CommandWords, an_option_takes_one_word_and_leaves_the_program) {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  const Ended ended = heddle_command({"run", "--runs", "20", "--report", "json:" + json, "--engine",
                                      "fuzz,relacy", "mutex_counter"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(read_json(json).at("cases").at(0).at("engines").size(), 2U);
  EXPECT_EQ(heddle_command({"run", "--runs", "20", "--engine", "fuzz", "mutex_counter"}).status, 0);
}

TEST(CommandWords, numbers_that_make_no_sense_are_refused) {
  for (const Words& words :
       {Words{"-n", "-1"}, Words{"-n", "1e3"}, Words{"-s", "-1"}, Words{"-j", "0"},
        Words{"-j", "4294967295"}, Words{"-t", "inf"}, Words{"-t", "1e-300s"}, Words{"-t", "-5s"},
        Words{"-t", "nan"}, Words{"--hang-ms", "0"}, Words{"--step-limit", "-5"},
        Words{"--hunt-runs", "-1"}}) {
    SCOPED_TRACE(words[0] + " " + words[1]);
    const Ended ended = run_fuzz(words);
    EXPECT_EQ(ended.status, kUsage);
    expect_one_line(ended);
    EXPECT_NE(ended.err.find("'" + words[1] + "'"), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

TEST(CommandWords, of_a_time_and_a_number_of_runs_both_hold) {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  const auto runs = [&](const Words& words) {
    Words all = words;
    all.insert(all.end(), {"--report", "json:" + json});
    EXPECT_EQ(run_fuzz(all).status, 0);
    return read_json(json).at("cases").at(0).at("engines").at(0).at("runs").get<std::uint64_t>();
  };
  EXPECT_EQ(runs({"--runs", "30", "--time", "1h"}), 30U);
  EXPECT_LT(runs({"--runs", "1000000000000", "--time", "200ms"}), 1'000'000'000'000U);
}

TEST(CommandWords, a_report_that_cannot_be_written_is_told_before_any_run) {
  const TemporaryFolder folder;
  for (const std::string& path : {std::string("/no/such/folder/out.json"), folder / ""}) {
    const Ended ended = run_fuzz({"--runs", "20", "--report", "json:" + path});
    EXPECT_EQ(ended.status, kUsage);
    expect_one_line(ended);
    EXPECT_NE(ended.err.find(path), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

TEST(CommandWords, a_report_replaces_the_one_before_as_a_whole) {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  std::ofstream(json) << "the report of before";
  // Whoever has the old one open goes on reading that.
  std::ifstream reader(json);
  EXPECT_EQ(run_fuzz({"--runs", "20", "--report", "json:" + json}).status, 0);
  std::string text;
  std::getline(reader, text);
  EXPECT_EQ(text, "the report of before");
  EXPECT_EQ(read_json(json).at("cases").size(), 1U);
  const auto files = std::distance(std::filesystem::directory_iterator(folder / ""), {});
  EXPECT_EQ(files, 1) << "nothing else is left";
}

TEST(CommandWords, a_full_disk_is_no_success) {
  const Ended report = run_fuzz({"--runs", "20", "--report", "json:/dev/full"});
  EXPECT_EQ(report.status, kOwnError);
  expect_one_line(report);
  EXPECT_NE(report.err.find("/dev/full"), std::string::npos) << report.err;
  EXPECT_NE(report.out.find("mutex_counter"), std::string::npos);

  const Ended output =
      run_process({"/bin/sh", "-c",
                   HEDDLE_TEST_COMMAND " run mutex_counter --engine fuzz --runs 20 > /dev/full"});
  EXPECT_EQ(output.status, kOwnError);
  expect_one_line(output);
  EXPECT_NE(output.err.find("standard output"), std::string::npos) << output.err;
}

TEST(CommandWords, a_program_that_cannot_be_run_costs_its_own_row) {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  const Ended ended = heddle_command({"run", "mutex_counter", "/bin/true", "./no/such/program",
                                      "atomic_counter", "--engine", "fuzz", "--runs", "200",
                                      "--expect", "any", "--report", "json:" + json});
  EXPECT_EQ(ended.status, kOwnError);
  EXPECT_NE(ended.err.find("/bin/true is not instrumented"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("./no/such/program: no such program"), std::string::npos) << ended.err;
  const nlohmann::json cases = read_json(json).at("cases");
  ASSERT_EQ(cases.size(), 4U);
  const auto engine = [&](std::size_t i) { return cases.at(i).at("engines").at(0); };
  EXPECT_GT(engine(0).at("runs"), 0);
  EXPECT_TRUE(engine(1).at("error").is_string());
  EXPECT_TRUE(engine(2).at("error").is_string());
  EXPECT_GT(engine(3).at("failed"), 0);
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(CommandWords, help_is_there_for_every_command_in_eighty_columns) {
  for (const Words& words : {Words{"--help"}, Words{"help"}, Words{"run", "--help"},
                             Words{"help", "run"}, Words{"help", "replay"}, Words{"help", "list"},
                             Words{"help", "explain"}, Words{"help", "grade"}}) {
    const Ended ended = heddle_command(words);
    EXPECT_EQ(ended.status, 0) << words.back();
    EXPECT_NE(ended.out.find("Usage: heddle"), std::string::npos) << ended.out;
    EXPECT_LE(longest_line(ended.out), 80U) << ended.out;
  }
  EXPECT_EQ(heddle_command({"help", "run"}).out, heddle_command({"run", "--help"}).out);
  EXPECT_EQ(heddle_command({"--version"}).out.rfind("heddle ", 0), 0U);
}

TEST(CommandWords, alone_the_command_says_what_it_is_and_what_to_try) {
  const Ended ended = heddle_command({});
  EXPECT_EQ(ended.status, kUsage);
  EXPECT_LE(longest_line(ended.out), 80U) << ended.out;
  EXPECT_NE(ended.out.find("heddle run unlocked_counter"), std::string::npos) << ended.out;
}

TEST(CommandWords, a_slip_of_the_hand_is_told_what_was_meant) {
  const struct {
    Words words;
    std::string meant;
  } kSlips[] = {
      {{"runn", "mutex_counter"}, "did you mean 'run'?"},
      {{"lis"}, "did you mean 'list'?"},
      {{"run", "mutex_counter", "--strateggy", "dfs"}, "did you mean '--strategy'?"},
      {{"run", "mutex_counter", "--raports=json:-"}, "did you mean '--report'?"},
      {{"run", "mutex_countr"}, "did you mean 'mutex_counter'?"},
      {{"frobnicate"}, "see heddle --help"},
      {{"run", "mutex_counter", "--zzzzzz"}, "see heddle run --help"},
  };
  for (const auto& [words, meant] : kSlips) {
    const Ended ended = heddle_command(words);
    EXPECT_EQ(ended.status, kUsage) << meant;
    expect_one_line(ended);
    EXPECT_NE(ended.err.find(meant), std::string::npos) << ended.err;
  }
}

}  // namespace
}  // namespace heddle::verdicts
