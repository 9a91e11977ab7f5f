// Thread-specific data by key: each thread has its own, and its destructor at the thread's end.
#include <gtest/gtest.h>

#include <filesystem>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

class ThreadKeysOf : public testing::TestWithParam<EngineKind> {};

TEST_P(ThreadKeysOf, a_correct_program_are_right_in_all_runs) {
  SearchOptions options =
      search_options(program_path("any/gcc/key_destructor.fixed"), GetParam(), 2'000);
  if (!std::filesystem::exists(options.worker.program)) GTEST_SKIP() << "not built with g++";
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.failed, 0U);
  EXPECT_GT(result.runs, 0U);
}

INSTANTIATE_TEST_SUITE_P(engines, ThreadKeysOf,
                         testing::Values(EngineKind::stress, EngineKind::tsan, EngineKind::fuzz,
                                         EngineKind::relacy),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

}  // namespace
}  // namespace heddle::verdicts
