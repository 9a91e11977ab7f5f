// A program outside the project, built by the one line that its owner has already: Heddle runs it,
// and it still runs under ThreadSanitizer when started by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

class OutsideProgram : public testing::Test {
 protected:
  OutsideProgram() {
    std::filesystem::copy_file(HEDDLE_TEST_SOURCE_DIR "/cases/data_race/unlocked_counter.cpp",
                               folder_ / "prog.cpp");
  }

  void build(const std::vector<std::string>& command) {
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

TEST_F(OutsideProgram, with_and_without_a_fixed_place_in_memory) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  using Options = std::vector<std::string>;
  for (const Options& place : {Options{"-fPIE", "-pie"}, Options{"-fno-pie", "-no-pie"}}) {
    SCOPED_TRACE(place.back());
    Options command = {"g++", "-g", "-O1", "-fsanitize=thread"};
    command.insert(command.end(), place.begin(), place.end());
    ASSERT_NO_FATAL_FAILURE(build(command));
    expect_heddle_finds_both_failures();
  }
}

TEST_F(OutsideProgram, of_make_needs_the_compilers_flag_alone) {
  if (!find_in_path("make").has_value()) GTEST_SKIP() << "no make";
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  std::ofstream(folder_ / "Makefile") << "CXX = g++\nall: prog\n";
  const Ended built = run_process(
      {"make", "-C", folder_ / ".", "CXXFLAGS=-g -O1 -fsanitize=thread"}, {"MAKEFLAGS="});
  ASSERT_EQ(built.status, 0) << built.err;
  expect_heddle_finds_both_failures();
}

TEST_F(OutsideProgram, of_meson_needs_the_sanitizers_option_alone) {
  for (const char* tool : {"meson", "ninja", "g++"}) {
    if (!find_in_path(tool).has_value()) GTEST_SKIP() << "no " << tool;
  }
  std::ofstream(folder_ / "meson.build")
      << "project('outside', 'cpp')\n"
         "executable('prog', 'prog.cpp', dependencies: dependency('threads'))\n";
  const Ended set_up =
      run_process({"meson", "setup", "--buildtype=debugoptimized", "-Db_sanitize=thread",
                   "-Db_lundef=false", folder_ / "build", folder_ / "."},
                  {"CXX=g++"});
  ASSERT_EQ(set_up.status, 0) << set_up.out << set_up.err;
  const Ended built = run_process({"ninja", "-C", folder_ / "build"});
  ASSERT_EQ(built.status, 0) << built.out;
  program_ = folder_ / "build/prog";
  expect_heddle_finds_both_failures();
}

// A correct program with a library of its own. It fails if anything of the library's is in the next
// run as the run before has left it.
class OwnLibrary : public testing::TestWithParam<bool> {};

TEST_P(OwnLibrary, has_its_globals_back_in_each_run) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const TemporaryFolder folder;
  std::ofstream(folder / "lib.cpp") << R"(#include <cassert>
    #include <cstdlib>
    #include <vector>
    static int count = 7;
    static int zero;
    static std::vector<int> numbers;
    // On the heap before main, by operator new and by malloc().
    static std::vector<int> constructed = {1, 2, 3};
    static int* const block = static_cast<int*>(std::calloc(4, sizeof(int)));
    int add(bool mallocs) {
      static int calls = 100;
      assert(constructed.size() == 3U + zero && constructed[1] == 2 + zero);
      assert(!mallocs || block[2] == zero);
      for (int& number : constructed) ++number;
      constructed.push_back(0);
      constructed.shrink_to_fit();
      ++block[2];
      numbers.push_back(++zero);
      return ++count + ++calls + static_cast<int>(numbers.size());
    })";
  std::ofstream(folder / "prog.cpp") << R"(#include <cassert>
    #include <mutex>
    #include <thread>
    int add(bool mallocs);
    std::mutex mutex;
    bool mallocs = false;
    void locked_add() {
      std::lock_guard<std::mutex> lock(mutex);
      add(mallocs);
    }
    int main(int argc, char**) {
      mallocs = argc > 1;
      assert(add(mallocs) == 8 + 101 + 1);
      std::thread first(locked_add);
      std::thread second(locked_add);
      first.join();
      second.join();
      assert(add(mallocs) == 11 + 104 + 4);
    })";
  std::vector<std::string> library = {
      "g++", "-g", "-O1", "-shared", "-fPIC", "-o", folder / "libown.so", folder / "lib.cpp"};
  if (GetParam()) library.emplace_back("-fsanitize=thread");
  Ended built = run_process(library);
  ASSERT_EQ(built.status, 0) << built.err;
  built = run_process({"g++", "-g", "-O1", "-fsanitize=thread", folder / "prog.cpp", "-o",
                       folder / "prog", "-L" + folder / "", "-lown", "-Wl,-rpath," + folder / ""});
  ASSERT_EQ(built.status, 0) << built.err;
  for (const EngineKind engine :
       {EngineKind::fuzz, EngineKind::relacy, EngineKind::stress, EngineKind::tsan}) {
    SCOPED_TRACE(to_string(engine));
    SearchOptions options = search_options(folder / "prog", engine, 200);
    // ThreadSanitizer's own malloc() does not give back what constructors have from it.
    if (engine != EngineKind::tsan) options.worker.args = {"mallocs"};
    options.job.strategy = "random";
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 200U);
    EXPECT_EQ(result.failed, 0U);
    for (const Finding& finding : result.findings) {
      ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(libraries, OwnLibrary, testing::Bool(), [](const auto& parameter) {
  return parameter.param ? "instrumented" : "not_instrumented";
});

}  // namespace
}  // namespace heddle::verdicts
