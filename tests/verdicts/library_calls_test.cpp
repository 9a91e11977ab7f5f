// What functions of the C library do to the program's memory is seen like the program's own
// accesses.
#include <gtest/gtest.h>

#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr std::uint64_t kRuns = 200;

struct Function {
  std::string name;
  bool known_to_tsan = false;
};

std::vector<Function> functions(const std::string& program) {
  std::istringstream list(run_process({program}).out);
  std::vector<Function> all;
  for (std::string line; std::getline(list, line);) {
    const std::size_t space = line.find(' ');
    all.push_back({line.substr(0, space), space != std::string::npos});
  }
  return all;
}

EngineResult run(EngineKind engine, const std::string& program, std::vector<std::string> args) {
  SearchOptions options = search_options(program, engine, kRuns);
  options.worker.args = std::move(args);
  return search_once(options);
}

class LibraryCalls : public testing::TestWithParam<EngineKind> {
 protected:
  std::string program_ = program_path("library_calls");
};

TEST_P(LibraryCalls, race_with_other_accesses) {
  const std::vector<Function> all = functions(program_);
  ASSERT_GT(all.size(), 100U);
  for (const Function& function : all) {
    SCOPED_TRACE(function.name);
    const EngineResult result = run(GetParam(), program_, {function.name});
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_FALSE(result.divergence.has_value());
    EXPECT_EQ(kinds(result), std::set<FailureKind>{FailureKind::data_race});
  }
}

TEST_P(LibraryCalls, pass_in_order) {
  for (const Function& function : functions(program_)) {
    SCOPED_TRACE(function.name);
    const EngineResult result = run(GetParam(), program_, {function.name, "lock"});
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_FALSE(result.divergence.has_value());
    EXPECT_EQ(kinds(result), std::set<FailureKind>{});
    EXPECT_EQ(result.gave_up, 0U);
    EXPECT_GT(result.runs, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(engines, LibraryCalls,
                         testing::Values(EngineKind::fuzz, EngineKind::relacy),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

// The same of ThreadSanitizer itself, which is what the programs were built for.
TEST(LibraryCallsUnderThreadSanitizer, race_where_it_has_a_hook) {
  const std::string program = program_path("library_calls");
  for (const Function& function : functions(program)) {
    if (!function.known_to_tsan) continue;
    SCOPED_TRACE(function.name);
    // Old runtimes refuse a kernel that randomises addresses much.
    const auto races = [&] {
      return run_process({"setarch", "-R", program, function.name}, {"TSAN_OPTIONS=exitcode=66"})
                 .status == 66;
    };
    // It keeps few accesses of a place, and forgets one at random: not every process shows it, and
    // still fewer where the machine is busy.
    bool raced = false;
    for (int i = 0; i < 100 && !raced; ++i) raced = races();
    EXPECT_TRUE(raced);
    const Ended ordered = run_process({"setarch", "-R", program, function.name, "lock"},
                                      {"TSAN_OPTIONS=exitcode=66"});
    EXPECT_EQ(ordered.status, 0) << ordered.err;
  }
}

}  // namespace
}  // namespace heddle::verdicts
