// Programs that do their worst to their process, and to Heddle's: each between two normal cases in
// one command, which have their results whatever it does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// How many processes of this program there are.
std::size_t processes_of(const std::string& program) {
  std::size_t count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto file = std::filesystem::read_symlink(entry.path() / "exe", error);
    if (!error && file == program) ++count;
  }
  return count;
}

// Of hostile.cpp. A fault that its handler returns to for ever is one too, and takes a minute.
constexpr const char* kWays[] = {"kill_itself",
                                 "kill_group",
                                 "stop_itself",
                                 "stop_parent",
                                 "ignore_fault",
                                 "return_from_abort",
                                 "alarm",
                                 "trap",
                                 "breakpoint",
                                 "kill_parent",
                                 "end_parent",
                                 "interrupt_group",
                                 "hang_up_group",
                                 "block_signals",
                                 "ignore_signals",
                                 "fault_in_handler",
                                 "fault_without_stack",
                                 "jump_out_of_handler",
                                 "wait_for_signal",
                                 "broken_pipe",
                                 "turn_for_ever",
                                 "wait_for_ever",
                                 "sleep_for_ever",
                                 "read_for_ever",
                                 "accept_for_ever",
                                 "lock_file_twice",
                                 "count_for_ever",
                                 "write_ones",
                                 "close_all",
                                 "replace_all",
                                 "read_all",
                                 "open_all",
                                 "no_descriptors",
                                 "small_files",
                                 "print_for_ever",
                                 "close_streams",
                                 "fill_memory",
                                 "flip_memory",
                                 "unmap_memory",
                                 "protect_memory",
                                 "little_memory",
                                 "drop_memory",
                                 "lock_memory",
                                 "write_parent",
                                 "write_code",
                                 "ask_for_all",
                                 "ask_for_too_much",
                                 "little_stack",
                                 "overflow_block",
                                 "free_anything",
                                 "overflow_stack",
                                 "exit",
                                 "exit_at_once",
                                 "quick_exit",
                                 "exit_group",
                                 "terminate",
                                 "throw_long",
                                 "exit_handler_aborts",
                                 "not_joined",
                                 "throw_through_noexcept",
                                 "throw_a_number",
                                 "end_thread",
                                 "end_thread_only",
                                 "exit_in_exit",
                                 "exit_handler_waits",
                                 "abort_in_destructor",
                                 "little_time",
                                 "jump_nowhere",
                                 "fork",
                                 "fork_many",
                                 "fork_turns",
                                 "orphan",
                                 "orphan_writes",
                                 "child_returns",
                                 "no_processes",
                                 "session",
                                 "traced",
                                 "strict",
                                 "not_dumpable",
                                 "nobody",
                                 "one_core",
                                 "execute_itself",
                                 "daemon",
                                 "execute_another",
                                 "any_bytes",
                                 "many_words",
                                 "long_line",
                                 "half_a_character",
                                 "thrown_bytes",
                                 "clear_environment"};

class HostileProgram : public testing::TestWithParam<const char*> {
 protected:
  // The three cases, as the report has them.
  nlohmann::json run(const std::string& engines, const std::string& runs) {
    const std::string json = folder_ / "out.json";
    // A copy: other tests may run the program at the same time.
    std::filesystem::copy_file(program_path("hostile"), program_,
                               std::filesystem::copy_options::overwrite_existing);
    ended_ = heddle_command({"run", "mutex_counter", program_, "unlocked_counter", "--engine",
                             engines, "--runs", runs, "--hunt-runs", "0", "--report",
                             "json:" + json, "--", GetParam()});
    std::ifstream file(json);
    return nlohmann::json::parse(file).at("cases");
  }

  const TemporaryFolder folder_;
  const std::string program_ = folder_ / "hostile";
  Ended ended_;
};

TEST_P(HostileProgram, costs_no_other_case_its_result) {
  const nlohmann::json cases = run("fuzz", "3");
  ASSERT_EQ(cases.size(), 3U);
  const auto& first = cases.at(0).at("engines").at(0);
  EXPECT_EQ(first.at("failed"), 0);
  EXPECT_GE(first.at("runs"), 1);
  EXPECT_TRUE(first.at("error").is_null());
  EXPECT_TRUE(cases.at(2).at("engines").at(0).at("error").is_null());
  EXPECT_GT(cases.at(2).at("engines").at(0).at("failed"), 0) << "a lost update under fuzz";
  EXPECT_TRUE(ended_.status == 1 || ended_.status == 3) << ended_.status << ended_.err;
  EXPECT_EQ(processes_of(program_), 0U);
}

INSTANTIATE_TEST_SUITE_P(ways, HostileProgram, testing::ValuesIn(kWays),
                         [](const auto& way) { return std::string(way.param); });

}  // namespace
}  // namespace heddle::verdicts
