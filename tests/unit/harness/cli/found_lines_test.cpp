#include "harness/cli/found_lines.h"

#include <gtest/gtest.h>

#include <sstream>

#include "harness/report/text.h"

namespace heddle {
namespace {

EngineResult found(EngineKind engine, std::vector<Failed> failures) {
  EngineResult result;
  result.engine = engine;
  for (Failed& failure : failures) {
    result.findings.push_back({.failure = std::move(failure), .token = {}, .minimal = {}});
  }
  return result;
}

Failed of_kind(FailureKind kind) {
  return {kind, "some words", {}};
}

TEST(FoundLinesTest, each_failure_is_told_once_as_soon_as_an_engine_has_it) {
  std::ostringstream out;
  ProgressLine line{out, 80};
  FoundLines lines{line, 80};
  lines.tell("prog", found(EngineKind::stress, {of_kind(FailureKind::assertion)}), {});
  EXPECT_EQ(out.str(), "prog  stress  found: assertion failed: some words\n");
  // Told already; and another engine adds what it alone has seen.
  lines.tell("prog", found(EngineKind::stress, {of_kind(FailureKind::assertion)}), {});
  lines.tell(
      "prog",
      found(EngineKind::fuzz, {of_kind(FailureKind::assertion), of_kind(FailureKind::deadlock)}),
      {});
  EXPECT_EQ(out.str(),
            "prog  stress  found: assertion failed: some words\n"
            "prog  fuzz  found: deadlock: some words\n");
  // Another program's.
  lines.tell("other", found(EngineKind::fuzz, {of_kind(FailureKind::assertion)}), {});
  EXPECT_NE(out.str().find("other  fuzz  found: assertion"), std::string::npos);
}

TEST(FoundLinesTest, of_many_the_first_are_told_and_no_line_is_too_wide) {
  std::ostringstream out;
  ProgressLine line{out, 40};
  FoundLines lines{line, 40};
  lines.tell("prog",
             found(EngineKind::fuzz, {of_kind(FailureKind::assertion), of_kind(FailureKind::abort),
                                      of_kind(FailureKind::signal), of_kind(FailureKind::hang),
                                      of_kind(FailureKind::leak)}),
             {});
  std::istringstream text{out.str()};
  std::size_t count = 0;
  for (std::string one; std::getline(text, one); ++count) EXPECT_LT(width_of(one), 40U) << one;
  EXPECT_EQ(count, 3U);
}

TEST(FoundLinesTest, a_line_stands_above_that_of_the_progress) {
  std::ostringstream out;
  ProgressLine line{out, 80};
  line.show({.case_name = "prog", .engine = "fuzz", .activity = ""});
  FoundLines lines{line, 80};
  lines.tell("prog", found(EngineKind::fuzz, {of_kind(FailureKind::abort)}), {});
  EXPECT_TRUE(out.str().ends_with("\r\x1b[Kprog  fuzz  found: abort: some words\n")) << out.str();
}

}  // namespace
}  // namespace heddle
