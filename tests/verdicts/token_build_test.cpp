// Tokens know the build that they are of, and what a replay says.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/search/program_build.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr int kOwnError = 3;

std::string token_of(const std::string& program, const std::string& engine = "fuzz") {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  heddle_command({"run", program, "--engine", engine, "--runs", "300", "--report", "json:" + json});
  std::ifstream file(json);
  const auto report = nlohmann::json::parse(file);
  return report.at("cases").at(0).at("engines").at(0).at("findings").at(0).at("token");
}

void expect_refused(const Ended& ended, const std::string& part) {
  EXPECT_EQ(ended.status, kOwnError);
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_NE(ended.err.find("does not apply"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find(part), std::string::npos) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST(TokenBuild, a_token_fails_with_its_program_and_does_not_apply_to_another) {
  const std::string token = token_of("unlocked_counter");
  EXPECT_EQ(heddle_command({"replay", token, "unlocked_counter"}).status, 1);
  expect_refused(heddle_command({"replay", token, "mutex_counter"}), "another program");
}

// A process begins with room for few, and executes the run again when that is not enough.
TEST(TokenBuild, a_token_of_relacy_fails_in_a_fresh_process_with_many_threads) {
  for (const char* name : {"two_observers", "one_for_two_kinds"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(heddle_command({"replay", token_of(name, "relacy"), name}).status, 1);
  }
}

TEST(TokenBuild, a_stripped_copy_is_the_same_build_and_other_code_is_not) {
  const TemporaryFolder folder;
  const std::string original = case_path("unlocked_counter");
  const std::string stripped = folder / "stripped";
  ASSERT_EQ(run_process({"strip", "-o", stripped, original}).status, 0);
  EXPECT_NE(program_build(original), 0U);
  EXPECT_EQ(program_build(stripped), program_build(original));
  EXPECT_NE(program_build(case_path("mutex_counter")), program_build(original));
  EXPECT_EQ(program_build("/dev/null"), 0U);
  EXPECT_EQ(program_build(folder / "none"), 0U);
}

TEST(TokenBuild, a_departure_that_is_not_reached_is_said) {
  const Token token{.schedule = {{{.thread = 1, .step = 1'000'000, .value = 2}}},
                    .relacy_state = {}};
  expect_refused(heddle_command({"replay", to_text(token), "mutex_counter"}), "step 1000000 of T1");
}

TEST(TokenBuild, a_long_token_has_a_file_and_replays_from_it) {
  const TemporaryFolder folder;
  const std::string program = program_path("many_switches");
  // In a folder that takes the file.
  const auto in_folder = [&](const std::string& words) {
    return run_process(
        {"/bin/sh", "-c", "cd " + folder / "" + " && " HEDDLE_TEST_COMMAND " " + words});
  };
  const Ended ended =
      in_folder("run " + program + " --engine fuzz --strategy random --runs 4 -- 1000 300");
  EXPECT_EQ(ended.status, 1) << ended.err;
  const std::size_t at = ended.out.find("heddle replay ./heddle-");
  ASSERT_NE(at, std::string::npos) << ended.out;
  const std::string line = ended.out.substr(at + 7, ended.out.find('\n', at) - at - 7);
  const Ended again = in_folder(line);
  EXPECT_EQ(again.status, 1) << again.err;
  EXPECT_NE(again.out.find("switches.load() <= most"), std::string::npos);
  EXPECT_NE(again.out.find(line), std::string::npos) << "the replay names the file too";
}

}  // namespace
}  // namespace heddle::verdicts
