// Handlers of signals. Those that come by the clock: never amid a hook, whose state they would find
// half changed. Those of abort(): what they do is what becomes of the run.
#include <gtest/gtest.h>

#include <string>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

struct Case {
  const char* program;
  EngineKind engine;
  Isolation isolation;
  std::uint64_t runs;
};

class ClockSignal : public testing::TestWithParam<Case> {};

TEST_P(ClockSignal, is_handled_between_steps) {
  const Case& wanted = GetParam();
  SearchOptions options = search_options(program_path(wanted.program), wanted.engine, wanted.runs);
  options.job.isolation = wanted.isolation;
  if (wanted.engine == EngineKind::fuzz) options.job.strategy = "random";
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, wanted.runs);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) ADD_FAILURE() << finding.failure.message;
}

INSTANTIATE_TEST_SUITE_P(
    programs, ClockSignal,
    testing::Values(Case{"clock_ticks", EngineKind::fuzz, Isolation::automatic, 60},
                    Case{"clock_ticks", EngineKind::fuzz, Isolation::process, 60},
                    Case{"clock_ticks", EngineKind::relacy, Isolation::automatic, 60},
                    Case{"clock_ticks", EngineKind::stress, Isolation::automatic, 60},
                    Case{"jump_out_of_handler", EngineKind::fuzz, Isolation::automatic, 5},
                    Case{"jump_out_of_handler", EngineKind::relacy, Isolation::automatic, 60}),
    [](const testing::TestParamInfo<Case>& parameter) {
      const Case& named = parameter.param;
      return std::string(named.program) + "_" + std::string(to_string(named.engine)) +
             (named.isolation == Isolation::process ? "_in_processes" : "");
    });

class CaughtAbort : public testing::TestWithParam<EngineKind> {};

TEST_P(CaughtAbort, is_no_failure) {
  const std::uint64_t runs = 60;
  const EngineResult result =
      search_once(search_options(program_path("abort_caught"), GetParam(), runs));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_GT(result.runs, 0U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.gave_up, 0U);
  for (const Finding& finding : result.findings) ADD_FAILURE() << finding.failure.message;
}

INSTANTIATE_TEST_SUITE_P(engines, CaughtAbort,
                         testing::Values(EngineKind::fuzz, EngineKind::stress, EngineKind::tsan,
                                         EngineKind::relacy),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

}  // namespace
}  // namespace heddle::verdicts
