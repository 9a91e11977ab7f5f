// heddle explain --tsan-log from end to end, with what ThreadSanitizer has really printed: logs of
// g++ 12 and clang 19, and one of the cases as they are built here.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::string log_path(const std::string& name) {
  return HEDDLE_TEST_SOURCE_DIR "/tests/verdicts/tsan_logs/" + name + ".log";
}

Ended explain_log(const std::string& log, std::vector<std::string> words) {
  words.insert(words.begin(), {"explain", "--tsan-log", log});
  return heddle_command(std::move(words));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

void expect_one_line(const Ended& ended, int status, const std::string& part) {
  EXPECT_EQ(ended.status, status);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_NE(ended.err.find(part), std::string::npos) << ended.err;
}

TEST(ExplainLog, the_races_of_logs_of_both_compilers_are_found) {
  for (const char* compiler : {"gcc_12_", "clang_19_"}) {
    for (const auto& [name, where, races] :
         {std::tuple("unlocked_counter", "unlocked\\_counter.cpp:18", 1U),
          std::tuple("unlocked_queue", "unlocked\\_queue.cpp:23", 1U),
          std::tuple("read_without_lock", "read\\_without\\_lock.cpp:22", 2U)}) {
      SCOPED_TRACE(compiler + std::string(name));
      const Ended ended = explain_log(log_path(compiler + std::string(name)), {name});
      EXPECT_EQ(ended.status, 1) << ended.err;
      EXPECT_EQ(count(ended.out, "## "), races) << ended.out;
      const std::string title = ended.out.substr(0, ended.out.find('\n'));
      EXPECT_NE(title.find("data race on "), std::string::npos) << title;
      EXPECT_NE(title.find(where), std::string::npos) << title;
      EXPECT_EQ(count(ended.out, "heddle replay h2f-"), races) << ended.out;
      EXPECT_NE(ended.out.find("(race)"), std::string::npos) << ended.out;
    }
  }
}

TEST(ExplainLog, what_the_case_prints_under_threadsanitizer_here) {
  // The report may need more than one run.
  for (int i = 0; i < 20; ++i) {
    const Ended native = run_process({case_path("read_without_lock")});
    if (native.err.find("WARNING: ThreadSanitizer: data race") == std::string::npos) continue;
    if (native.err.find("read_without_lock.cpp:") == std::string::npos) {
      GTEST_SKIP() << "ThreadSanitizer finds no symbolizer";
    }
    const TemporaryFolder folder;
    const std::string log = folder / "log";
    std::ofstream(log) << "some words of the program\n" << native.err << "and some more\n";
    const Ended ended = explain_log(log, {"read_without_lock"});
    EXPECT_EQ(ended.status, 1) << ended.err;
    EXPECT_NE(ended.out.find("data race on "), std::string::npos) << ended.out;
    return;
  }
  FAIL() << "ThreadSanitizer has reported nothing";
}

TEST(ExplainLog, what_is_not_reached_is_said_with_its_reason) {
  const TemporaryFolder folder;
  const auto log_of = [&](const std::string& frame) {
    const std::string log = folder / "log";
    std::ofstream(log) << "WARNING: ThreadSanitizer: data race (pid=1)\n"
                          "  Write of size 4 at 0x1 by thread T2:\n    #0 "
                       << frame << " (p+0x1)\n  Previous write of size 4 at 0x1 by thread T1:\n"
                       << "    #0 " << frame << " (p+0x1)\n";
    return log;
  };
  // No such line; and one at which a mutex orders all.
  const Ended never =
      explain_log(log_of("increment() /src/mutex_counter.cpp:1"), {"mutex_counter", "-n", "200"});
  EXPECT_EQ(never.status, 0) << never.err;
  EXPECT_TRUE(never.out.starts_with("## mutex\\_counter: not reached in ")) << never.out;
  EXPECT_NE(never.out.find("no run that was looked at came to mutex\\_counter.cpp:1"),
            std::string::npos)
      << never.out;

  std::ifstream source(HEDDLE_TEST_SOURCE_DIR "/cases/data_race/mutex_counter.cpp");
  unsigned number = 0;
  for (std::string line; std::getline(source, line) && line.find("++") == std::string::npos;) {
    ++number;
  }
  const Ended ordered =
      explain_log(log_of("increment() /src/mutex_counter.cpp:" + std::to_string(number + 1)),
                  {"mutex_counter", "-n", "200"});
  EXPECT_EQ(ordered.status, 0) << ordered.err;
  EXPECT_NE(ordered.out.find("both places were reached, and ordered each time by what T"),
            std::string::npos)
      << ordered.out;
}

TEST(ExplainLog, what_cannot_be_looked_for_is_one_line) {
  expect_one_line(explain_log("/no/such/log", {"unlocked_counter"}), 2, "/no/such/log");
  expect_one_line(explain_log("/dev/null", {"unlocked_counter"}), 2, "no warning");
  expect_one_line(explain_log(log_path("gcc_12_lock_order"), {"lock_order"}), 2,
                  "is a data race with both stacks");
  expect_one_line(explain_log(log_path("clang_19_without_symbols"), {"unlocked_counter"}), 2, "-g");
  expect_one_line(explain_log(log_path("gcc_12_unlocked_counter"), {"no_such_case"}), 2,
                  "no_such_case");
  expect_one_line(explain_log(log_path("gcc_12_unlocked_counter"), {"h2f-f3d38f7b", "./prog"}), 2,
                  "no token");
  expect_one_line(heddle_command({"explain", "unlocked_counter"}), 2, "--tsan-log FILE");
}

TEST(ExplainLog, a_program_without_debug_information_is_told_so) {
  const TemporaryFolder folder;
  const std::string program = folder / "prog";
  std::vector<std::string> build = {HEDDLE_TEST_CXX,
                                    "-O1",
                                    "-std=c++20",
                                    "-fsanitize=thread",
                                    "-pthread",
                                    HEDDLE_TEST_SOURCE_DIR "/cases/data_race/unlocked_counter.cpp",
                                    "-o",
                                    program};
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    build.emplace_back("-shared-libsan");
  }
  ASSERT_EQ(run_process(build).status, 0);
  expect_one_line(explain_log(log_path("gcc_12_unlocked_counter"), {program}), 3, "without -g");
}

}  // namespace
}  // namespace heddle::verdicts
