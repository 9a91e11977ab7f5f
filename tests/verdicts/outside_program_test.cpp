// A program outside the project, built by the one line that its owner has already: Heddle runs it,
// and it still runs under ThreadSanitizer when started by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

class OutsideProgram : public testing::Test {
 protected:
  void build(const std::vector<std::string>& command) {
    std::filesystem::copy_file(HEDDLE_TEST_SOURCE_DIR "/cases/data_race/unlocked_counter.cpp",
                               folder_ / "prog.cpp");
    std::vector<std::string> line = command;
    line.insert(line.end(), {folder_ / "prog.cpp", "-o", program_});
    const Ended built = run_process(line);
    ASSERT_EQ(built.status, 0) << built.err;
  }

  void expect_heddle_finds_both_failures() {
    const EngineResult result = search_once(search_options(program_, EngineKind::fuzz, 2'000));
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(kinds(result),
              (std::set<FailureKind>{FailureKind::data_race, FailureKind::assertion}));
    const EngineResult relacy = search_once(search_options(program_, EngineKind::relacy, 200));
    EXPECT_EQ(relacy.error.value_or(""), "");
    EXPECT_EQ(kinds(relacy), std::set<FailureKind>{FailureKind::data_race});
  }

  void expect_tsan_by_hand_reports(const std::string& library_path) {
    // TSan sees the race in nearly every run, and a run that it does not see it in proves nothing.
    Ended ended;
    for (int i = 0; i < 20 && ended.err.find("data race") == std::string::npos; ++i) {
      ended = run_process({program_}, {"LD_LIBRARY_PATH=" + library_path});
    }
    EXPECT_NE(ended.err.find("ThreadSanitizer: data race"), std::string::npos) << ended.err;
    EXPECT_NE(ended.status, 0);
  }

  TemporaryFolder folder_;
  std::string program_ = folder_ / "prog";
};

TEST_F(OutsideProgram, of_gcc_runs_under_heddle_and_by_hand) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  ASSERT_NO_FATAL_FAILURE(build({"g++", "-g", "-O1", "-fsanitize=thread"}));
  expect_heddle_finds_both_failures();
  expect_tsan_by_hand_reports("");
}

TEST_F(OutsideProgram, of_clang_runs_under_heddle_and_by_hand) {
  constexpr char kCompiler[] = "clang++-19";
  if (!find_in_path(kCompiler).has_value()) GTEST_SKIP() << "no " << kCompiler;
  const std::string library =
      run_process({kCompiler, "-print-file-name=libclang_rt.tsan-x86_64.so"}).out;
  if (!library.starts_with('/')) GTEST_SKIP() << "no shared ThreadSanitizer of " << kCompiler;
  ASSERT_NO_FATAL_FAILURE(build({kCompiler, "-g", "-O1", "-fsanitize=thread", "-shared-libsan"}));
  expect_heddle_finds_both_failures();
  expect_tsan_by_hand_reports(std::filesystem::path(library).parent_path().string());
}

}  // namespace
}  // namespace heddle::verdicts
