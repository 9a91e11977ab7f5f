#include "harness/report/junit.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "harness/report/json.h"
#include "harness/report/markdown.h"
#include "harness/report/text.h"
#include "tests/golden/approved.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

template <typename Writer>
std::string report(const Writer& write, const std::vector<ReportCase>& cases) {
  std::ostringstream out;
  write(out, cases);
  return out.str();
}

TEST(JunitGolden, a_case_that_fails_and_one_that_passes) {
  const auto failing = scenario::unlocked_counter();
  const auto passing = scenario::mutex_counter();
  expect_approved("junit_two_cases.xml",
                  report(write_junit_report, {failing.report_case(), passing.report_case()}));
}

TEST(Junit, a_failure_that_is_expected_is_none) {
  const auto scenario = scenario::unlocked_counter();
  ReportCase report_case = scenario.report_case();
  report_case.expectation = "fail";
  report_case.verdict = Verdict::held;
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(report(write_junit_report, {report_case}).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("failures").value(), "0");
  for (const pugi::xml_node test : suite.children("testcase")) {
    EXPECT_TRUE(test.child("failure").empty());
  }
}

bool is_utf8(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) ==
         nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// What programs print, and what their functions are called, is not Heddle's to choose.
TEST(AnyBytes, give_reports_that_can_be_read) {
  EXPECT_TRUE(rc::check([](const std::string& name, const std::string& message) {
    auto scenario = scenario::unlocked_counter();
    scenario.result.name = name;
    scenario.result.program = name;
    for (EngineResult& engine : scenario.result.engines) {
      for (Finding& finding : engine.findings) finding.failure.message = message;
    }
    ReportCase report_case = scenario.report_case();
    report_case.replay_as = "./" + name;
    const std::string xml = report(write_junit_report, {report_case});
    pugi::xml_document document;
    RC_ASSERT(document.load_buffer(xml.data(), xml.size()));
    RC_ASSERT(is_utf8(xml));
    const pugi::xml_node suite = document.child("testsuites").child("testsuite");
    RC_ASSERT(std::string(suite.attribute("name").value()) == printable(name));
    RC_ASSERT(is_utf8(report(write_markdown_report, {report_case})));
    const auto json = nlohmann::json::parse(report(write_json_report, {report_case}));
    RC_ASSERT(json["cases"].size() == 1U);
  }));
}

}  // namespace
}  // namespace heddle
