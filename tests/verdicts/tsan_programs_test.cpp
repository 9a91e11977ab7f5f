// Correct programs pass under ThreadSanitizer, in the later runs of a process as in its first.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

class CorrectUnderThreadSanitizer : public testing::TestWithParam<std::string> {};

TEST_P(CorrectUnderThreadSanitizer, pass) {
  const std::string path = program_path("any/gcc/" + GetParam() + ".fixed");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not built";
  constexpr std::uint64_t kRuns = 100;
  const EngineResult result = search_once(search_options(path, EngineKind::tsan, kRuns));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, kRuns);
  EXPECT_EQ(result.failed + result.gave_up, 0U)
      << (result.findings.empty() ? "" : result.findings.front().failure.message);
}

INSTANTIATE_TEST_SUITE_P(programs, CorrectUnderThreadSanitizer,
                         testing::Values("end_at_once", "end_handler_fails",
                                         "end_notify_at_thread_exit", "end_quick",
                                         "left_behind_kernel", "left_behind_libraries",
                                         "shared_ptr_object", "stop_callback", "stop_token_unheard",
                                         "stack_counter", "thread_not_joined", "random_order",
                                         "strtok_words", "string_append"));

}  // namespace
}  // namespace heddle::verdicts
