#include "harness/report/junit.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <string>

#include "harness/report/describe.h"
#include "harness/report/issues.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

// GitLab refuses reports of more than 30 MB: of one engine so much at most, in bytes.
constexpr std::size_t kLongestText = 20'000;
constexpr std::size_t kMostFindings = 20;

void set(pugi::xml_node node, const char* name, const std::string& text) {
  node.append_attribute(name).set_value(printable(text).c_str());
}

std::string findings_text(const EngineResult& engine, const ReportCase& report_case) {
  std::string text;
  std::size_t listed = 0;
  const std::vector<MergedFinding> findings = merged_findings(engine, *report_case.symbols);
  for (const MergedFinding& merged : findings) {
    const Finding& finding = *merged.finding;
    if (listed++ == kMostFindings) {
      text += fmt::format("... {} more\n", findings.size() - kMostFindings);
      break;
    }
    Names names = names_for(finding.failure, trace_of(finding, engine), *report_case.symbols);
    text += fmt::format("{} of {} runs: {}\n", grouped(merged.count), grouped(engine.runs),
                        printable(headline(finding.failure, names)));
    const Token* token = finding.token ? &*finding.token : nullptr;
    if (finding.minimal) token = &finding.minimal->token;
    if (token == nullptr) continue;
    const std::string command = replay_command(report_case, *token, finding.failure.kind);
    if (command.size() < kLongestText / 4) text += "  " + printable(command) + '\n';
  }
  return shortened(text, kLongestText);
}

// Test cases that are not simply passed.
struct Counts {
  unsigned failures = 0;
  unsigned errors = 0;
  unsigned skipped = 0;
};

void add_engine(pugi::xml_node suite, const ReportCase& report_case, const EngineResult& engine,
                Counts& counts) {
  const std::string name = report_case.result->name;
  const std::string engine_name{to_string(engine.engine)};
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", name);
  set(test, "name", fmt::format("{} [{}]", name, engine_name));
  set(test, "time", fmt::format("{:.3f}", engine.seconds));
  if (engine.error.has_value()) {
    ++counts.errors;
    pugi::xml_node error = test.append_child("error");
    set(error, "type", "heddle");
    set(error, "message", *engine.error);
  } else if (!engine.findings.empty()) {
    const bool wanted = report_case.verdict == Verdict::held;
    pugi::xml_node failure = test.append_child(wanted ? "system-out" : "failure");
    if (!wanted) {
      ++counts.failures;
      const Finding& first = engine.findings.front();
      Names names = names_for(first.failure, trace_of(first, engine), *report_case.symbols);
      set(failure, "type", std::string(to_string(first.failure.kind)));
      set(failure, "message", headline(first.failure, names));
    }
    failure.text().set(findings_text(engine, report_case).c_str());
  } else {
    test.append_child("system-out")
        .text()
        .set(fmt::format("no failure in {}", plural(engine.runs, "run")).c_str());
  }
}

}  // namespace

void write_junit_report(std::ostream& out, std::span<const ReportCase> cases) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  suites.append_attribute("name").set_value("heddle");
  for (const ReportCase& report_case : cases) {
    const CaseResult& result = *report_case.result;
    pugi::xml_node suite = suites.append_child("testsuite");
    set(suite, "name", result.name);
    Counts counts;
    double seconds = 0;
    if (result.skipped) {
      ++counts.skipped;
      pugi::xml_node test = suite.append_child("testcase");
      set(test, "classname", result.name);
      set(test, "name", result.name);
      set(test.append_child("skipped"), "message", "never starts a second thread");
    }
    for (const EngineResult& engine : result.engines) {
      seconds += engine.seconds;
      add_engine(suite, report_case, engine, counts);
    }
    suite.append_attribute("tests").set_value(
        static_cast<unsigned>(result.engines.size() + (result.skipped ? 1 : 0)));
    suite.append_attribute("failures").set_value(counts.failures);
    suite.append_attribute("errors").set_value(counts.errors);
    suite.append_attribute("skipped").set_value(counts.skipped);
    set(suite, "time", fmt::format("{:.3f}", seconds));
  }
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
}

}  // namespace heddle
