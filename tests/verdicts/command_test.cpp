// What the command says, and its exit status, where something is wrong or a person stops it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr int kUsage = 2;
constexpr int kOwnError = 3;

void expect_one_line(const Ended& ended, const std::string& part) {
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_TRUE(ended.err.starts_with("heddle: ")) << ended.err;
  EXPECT_NE(ended.err.find(part), std::string::npos) << ended.err;
}

TEST(Command, unknown_case_is_a_usage_error) {
  const Ended ended = heddle_command({"run", "no_such_case"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "no_such_case");
  EXPECT_EQ(ended.out, "");
}

TEST(Command, missing_program_is_named) {
  const Ended ended = heddle_command({"run", "./no/such/program"});
  EXPECT_TRUE(ended.status == kUsage || ended.status == kOwnError) << ended.status;
  expect_one_line(ended, "./no/such/program");
}

TEST(Command, no_runs_is_a_usage_error) {
  const Ended ended = heddle_command({"run", "unlocked_counter", "--runs", "0"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "--runs 0");
}

TEST(Command, unknown_engine_is_a_usage_error) {
  const Ended ended = heddle_command({"run", "unlocked_counter", "--engine", "steam"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "steam");
}

TEST(Command, unknown_search_of_relacy_is_a_usage_error) {
  const Ended ended = heddle_command(
      {"run", "unlocked_counter", "--engine", "relacy", "--relacy-search", "bound:x"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "bound:x");
}

TEST(Command, unknown_option_is_one_line_and_a_usage_error) {
  const Ended ended = heddle_command({"run", "unlocked_counter", "--no-such-option"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "--no-such-option");
}

TEST(Command, number_that_is_none_is_one_line_and_a_usage_error) {
  const Ended ended = heddle_command({"run", "unlocked_counter", "--runs", "many"});
  EXPECT_EQ(ended.status, kUsage);
  expect_one_line(ended, "many");
}

TEST(Command, uninstrumented_program_is_told_how_to_build) {
  const Ended ended = heddle_command({"run", "/bin/true"});
  EXPECT_EQ(ended.status, kOwnError);
  expect_one_line(ended, "-fsanitize=thread");
}

TEST(Command, static_threadsanitizer_is_told_how_to_link) {
  const TemporaryFolder folder;
  const std::string program = folder / "static_tsan";
  const bool clang = std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos;
  const Ended built =
      run_process({HEDDLE_TEST_CXX, "-g", "-O1", "-fsanitize=thread",
                   clang ? "-static-libsan" : "-static-libtsan",
                   HEDDLE_TEST_SOURCE_DIR "/cases/data_race/unlocked_counter.cpp", "-o", program});
  if (built.status != 0) GTEST_SKIP() << "no static ThreadSanitizer: " << built.err;
  const Ended ended = heddle_command({"run", program});
  EXPECT_EQ(ended.status, kOwnError);
  expect_one_line(ended, "-static-libtsan");
}

TEST(Command, damaged_token_is_a_usage_error) {
  const Token token{.schedule = {{{.thread = 1, .step = 3, .value = 2}}}, .relacy_state = {}};
  std::string text = to_text(token);
  text[4] = text[4] == '7' ? '8' : '7';
  for (const std::string& damaged : {text, text.substr(0, text.size() - 1), std::string("hello")}) {
    SCOPED_TRACE(damaged);
    const Ended ended = heddle_command({"replay", damaged, "unlocked_counter"});
    EXPECT_EQ(ended.status, kUsage);
    expect_one_line(ended, "token");
    EXPECT_EQ(ended.out, "");
  }
}

TEST(Command, token_replays_with_status_1_and_says_so) {
  const Token token{.schedule = {{{.thread = 1, .step = 3, .value = 2}}}, .relacy_state = {}};
  const Ended ended = heddle_command({"replay", to_text(token), "unlocked_counter"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_NE(ended.out, "");
  EXPECT_EQ(heddle_command({"replay", to_text(Token{}), "mutex_counter"}).status, 0);
}

TEST(Command, runs_that_all_gave_up_are_no_pass) {
  const Ended ended = heddle_command({"run", program_path("endless_turns"), "--engine", "fuzz",
                                      "--runs", "20", "--step-limit", "100"});
  EXPECT_EQ(ended.status, kOwnError);
  expect_one_line(ended, "no run of fuzz finished");
}

TEST(Command, bug_that_one_engine_found_counts_whatever_another_cannot_run) {
  const std::string program = program_path("any/gcc/sem_count_then_post");
  const Ended both = heddle_command({"run", program, "--engine", "fuzz,relacy", "--runs", "100"});
  EXPECT_EQ(both.status, 1);
  EXPECT_NE(both.err.find("does not know"), std::string::npos) << both.err;
  EXPECT_NE(both.err.find("expected to pass"), std::string::npos) << both.err;
  EXPECT_EQ(heddle_command({"run", program, "--engine", "relacy", "--runs", "100"}).status,
            kOwnError);
  EXPECT_EQ(heddle_command({"run", program, "--engine", "fuzz,relacy", "--runs", "100", "--expect",
                            "fail:deadlock"})
                .status,
            kOwnError);
}

TEST(Command, streams_that_are_closed_or_full_cost_no_report) {
  const TemporaryFolder folder;
  const std::string report = folder / "report.json";
  const auto run = [&](const std::string& streams) {
    std::filesystem::remove(report);
    return run_process({"/bin/sh", "-c",
                        "exec \"$0\" run unlocked_counter -e fuzz,stress --runs 50 --report "
                        "\"json:$1\" " +
                            streams,
                        HEDDLE_TEST_COMMAND, report});
  };
  const auto is_whole = [&] {
    std::ifstream file(report);
    return nlohmann::json::parse(file, nullptr, false).value("generator", "") == "heddle";
  };
  // There is nobody to read it, and who asks for a status learns so.
  EXPECT_EQ(run("0<&- 1>&- 2>&-").status, kOwnError);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(run("2>&-").status, 1);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(run("2>/dev/full").status, 1);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(run("1>/dev/full 2>/dev/full").status, kOwnError);
  EXPECT_TRUE(is_whole());
}

TEST(Command, program_with_one_thread_is_no_pass) {
  for (const char* engine : {"fuzz", "relacy"}) {
    SCOPED_TRACE(engine);
    const Ended ended =
        heddle_command({"run", program_path("one_thread"), "--engine", engine, "--runs", "100"});
    EXPECT_EQ(ended.status, kOwnError);
    expect_one_line(ended, "nothing was controlled");
  }
}

TEST(Command, thread_that_a_constructor_starts_is_refused_by_name) {
  for (const char* engine : {"stress", "tsan", "fuzz", "relacy"}) {
    SCOPED_TRACE(engine);
    const Ended ended = heddle_command(
        {"run", program_path("thread_before_main"), "--engine", engine, "--runs", "20"});
    EXPECT_EQ(ended.status, kOwnError);
    expect_one_line(ended, "starts a thread before main()");
  }
}

TEST(Command, exit_status_says_whether_the_expectation_held) {
  const auto status = [](const std::string& name, const std::string& expectation) {
    return heddle_command(
               {"run", name, "--engine", "fuzz", "--runs", "200", "--expect", expectation})
        .status;
  };
  EXPECT_EQ(status("mutex_counter", "pass"), 0);
  EXPECT_EQ(status("mutex_counter", "fail"), 1);
  EXPECT_EQ(status("unlocked_counter", "pass"), 1);
  EXPECT_EQ(status("unlocked_counter", "fail:data_race"), 0);
  EXPECT_EQ(status("unlocked_counter", "fail:deadlock"), 1);
  EXPECT_EQ(status("unlocked_counter", "any"), 0);
  EXPECT_EQ(status("unlocked_counter", "perhaps"), kUsage);
}

TEST(Command, words_behind_two_dashes_are_the_programs_own) {
  const auto run = [](const std::string& kind) {
    return heddle_command({"run", program_path("dying"), "--engine", "fuzz", "--runs", "20",
                           "--expect", kind, "--", "exit", "--runs"});
  };
  EXPECT_EQ(run("fail:exit_status").status, 0) << run("fail:exit_status").err;
  EXPECT_EQ(run("fail:abort").status, 1);
  const Ended replayed =
      heddle_command({"replay", to_text(Token{}), program_path("dying"), "--", "exit", "--runs"});
  EXPECT_EQ(replayed.status, 1) << replayed.err;
}

// Waits until the program under test has done a run. The test's own limit of time ends it if none
// is ever done, and so does the end of the command.
void wait_for_a_run(const std::string& notes, int pid) {
  std::error_code error;
  while (!std::filesystem::exists(notes) || std::filesystem::file_size(notes, error) == 0) {
    siginfo_t ended = {};
    if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == pid) {
      return;
    }
    usleep(1'000);
  }
}

void expect_report_after(int signal, int times) {
  const TemporaryFolder folder;
  const std::string notes = folder / "notes";
  const std::string json = folder / "out.json";
  const Ended ended =
      heddle_command({"run", program_path("noted_runs"), "--engine", "fuzz", "--strategy", "random",
                      "--time", "1h", "--report", "json:" + json, "--", notes},
                     [&](int pid) {
                       wait_for_a_run(notes, pid);
                       for (int i = 0; i < times; ++i) kill(pid, signal);
                     });
  EXPECT_EQ(ended.status, 128 + signal) << ended.err;
  EXPECT_NE(ended.out.find("noted_runs"), std::string::npos) << ended.out;
  std::ifstream file(json);
  ASSERT_TRUE(file.good());
  const auto report = nlohmann::json::parse(file);
  const auto& result = report.at("cases").at(0);
  EXPECT_EQ(result.at("interrupted"), true);
  const auto runs = result.at("engines").at(0).at("runs").get<std::uint64_t>();
  EXPECT_GE(runs, 1U);
  EXPECT_EQ(result.at("engines").at(0).at("failed"), 0);
  // Each run that was done is counted, none twice; the one under way is not a run.
  const std::uint64_t noted = std::filesystem::file_size(notes);
  EXPECT_LE(runs, noted);
  // The first two runs are executed twice more, to see that they can be, and one of them in a fresh
  // process too.
  constexpr std::uint64_t kCompared = 5;
  EXPECT_LE(noted, runs + kCompared + static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_ONLN)));
}

// As a person sends it, a CI server, timeout(1), which sends it twice, and a terminal that is
// closed.
TEST(Command, interrupt_prints_the_report_of_what_was_done) {
  struct Sent {
    int signal;
    int times;
  };
  for (const auto& [signal, times] :
       {Sent{SIGINT, 1}, Sent{SIGINT, 2}, Sent{SIGTERM, 2}, Sent{SIGHUP, 1}}) {
    SCOPED_TRACE(signal);
    expect_report_after(signal, times);
  }
}

}  // namespace
}  // namespace heddle::verdicts
