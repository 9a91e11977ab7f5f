#include "harness/report/markdown.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/report/source_text.h"
#include "tests/golden/approved.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

ReportEnvironment some_environment() {
  return {.heddle = "0.1.0",
          .compiler = "GNU C++17 12.2.0 -O1 -fsanitize=thread",
          .build_id = "0123abcd",
          .libc = "glibc 2.36",
          .kernel = "Linux 6.1.0 x86_64",
          .processor = "A processor",
          .command = "heddle run /somewhere/of/mine/prog --seed 7"};
}

std::string report(const ReportCase& report_case) {
  std::ostringstream out;
  write_markdown_report(out, std::span(&report_case, 1));
  return out.str();
}

TEST(MarkdownGolden, a_lost_update_and_its_races) {
  const auto scenario = scenario::unlocked_counter();
  ReportCase report_case = scenario.report_case();
  report_case.environment = some_environment();
  expect_approved("markdown_unlocked_counter.md", report(report_case));
}

TEST(MarkdownGolden, a_deadlock_says_who_waits_on_what) {
  const auto scenario = scenario::abba();
  expect_approved("markdown_abba.md", report(scenario.report_case()));
}

TEST(MarkdownGolden, nothing_of_this_machine_stands_in_it) {
  const auto scenario = scenario::abba();
  ReportCase report_case = scenario.report_case();
  report_case.environment = some_environment();
  report_case.replay_as = "/somewhere/of/mine/prog";
  const std::string text = report(report_case);
  EXPECT_EQ(text.find("/somewhere"), std::string::npos) << text;
  EXPECT_EQ(text.find("/src"), std::string::npos) << text;
}

TEST(SourceText, gives_the_lines_that_there_are) {
  const std::string path = testing::TempDir() + "heddle_source_text.cpp";
  std::ofstream(path) << "one\n\ttwo\nthree";
  const auto lines = source_lines(path, 2, 9);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "  two");
  EXPECT_EQ(lines[1].number, 3U);
  EXPECT_TRUE(source_lines(path + ".none", 1, 2).empty());
  EXPECT_TRUE(source_lines("/dev/zero", 1, 2).empty());
}

}  // namespace
}  // namespace heddle
