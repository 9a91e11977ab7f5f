#include "harness/report/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/golden/approved.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

std::string report(const std::vector<ReportCase>& cases) {
  std::ostringstream out;
  write_json_report(out, cases);
  return out.str();
}

TEST(JsonGolden, lost_update_with_four_engines) {
  const auto scenario = scenario::unlocked_counter();
  expect_approved("json_unlocked_counter.json", report({scenario.report_case()}));
}

TEST(JsonGolden, correct_program_and_lost_wake_up) {
  const auto correct = scenario::mutex_counter();
  const auto lost = scenario::queue_handoff();
  expect_approved("json_two_cases.json", report({correct.report_case(), lost.report_case()}));
}

TEST(JsonGolden, what_was_covered) {
  const auto scenario = scenario::covered();
  expect_approved("json_covered.json", report({scenario.report_case()}));
}

TEST(JsonGolden, what_may_be_claimed) {
  const auto scenario = scenario::claims();
  expect_approved("json_claims.json", report({scenario.report_case()}));
}

TEST(JsonReport, whoever_is_not_told_of_a_proof_is_told_why) {
  const scenario::Scenario scenarios[] = {scenario::unlocked_counter(), scenario::mutex_counter(),
                                          scenario::explored(), scenario::claims()};
  std::size_t proved = 0;
  for (const scenario::Scenario& scenario : scenarios) {
    const auto json = nlohmann::json::parse(report({scenario.report_case()}));
    for (const auto& engine : json["cases"][0]["engines"]) {
      EXPECT_EQ(engine["proved"].get<bool>(), engine["not_proved"].empty()) << engine;
      if (!engine["proved"].get<bool>()) {
        EXPECT_TRUE(engine["bounds"].empty()) << engine;
        EXPECT_TRUE(engine["assumed"].empty()) << engine;
        continue;
      }
      ++proved;
      EXPECT_TRUE(engine["exhausted"].get<bool>()) << engine;
      EXPECT_EQ(engine["failed"], 0) << engine;
    }
  }
  EXPECT_GT(proved, 8U);
}

TEST(JsonReport, bytes_that_are_no_utf8_do_not_cost_the_report) {
  auto scenario = scenario::unlocked_counter();
  scenario.result.engines[0].findings[0].failure.message = "caf\xe9 \"quoted\"\x01";
  const auto json = nlohmann::json::parse(report({scenario.report_case()}));
  EXPECT_EQ(json["cases"][0]["engines"][0]["findings"][0]["message"],
            "caf\xef\xbf\xbd \"quoted\"\x01");
}

TEST(JsonReport, a_report_without_cases_is_a_report) {
  const auto json = nlohmann::json::parse(report({}));
  EXPECT_EQ(json["schema_version"], kJsonSchemaVersion);
  EXPECT_TRUE(json["cases"].is_array());
  EXPECT_TRUE(json["cases"].empty());
}

}  // namespace
}  // namespace heddle
