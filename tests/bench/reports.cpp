#include "tests/bench/reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/case_list.h"
#include "harness/cli/minimize_findings.h"
#include "harness/report/report_formats.h"
#include "harness/report/symbolizer.h"
#include "harness/report/terminal.h"
#include "harness/search/engine_search.h"
#include "tests/bench/case_program.h"

namespace heddle::bench {
namespace {

constexpr EngineKind kEngines[] = {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz,
                                   EngineKind::relacy};

// A short search with all that a report tells of it.
CaseResult searched(const std::string& name) {
  SearchOptions options;
  options.worker.program = case_program(name);
  options.worker.library_dir = default_library_dir();
  options.job.engine = EngineKind::fuzz;
  options.job.strategy = "random";
  options.runs = 2'000;
  options.workers = 1;
  SearchOutcome outcome = search(options, {});
  if (outcome.result.error.has_value()) throw std::runtime_error(*outcome.result.error);
  minimize_findings(outcome.result, options, [] {});
  CaseResult result;
  result.name = name;
  result.program = options.worker.program;
  result.modules = std::move(outcome.modules);
  result.engines = {std::move(outcome.result)};
  return result;
}

// Writes, tells how long that took, and hands the report back.
std::string timed(const std::string& what, const std::function<void(std::ostream&)>& write) {
  std::ostringstream out;
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t clock = std::clock();
  write(out);
  // Of the processor too: that of a busy machine means something.
  const double busy = static_cast<double>(std::clock() - clock) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::string text = out.str();
  fmt::print("  {:<28} {:>7.3f} s  {:>7.3f} s of the processor  {:>10} bytes\n", what,
             seconds.count(), busy, text.size());
  return text;
}

void expect_all_told(const std::string& text, const std::string& name, std::size_t cases) {
  if (text.find(fmt::format("{}-{}", name, cases - 1)) == std::string::npos) {
    throw std::runtime_error("a report does not tell of the last case");
  }
}

void show_many_cases(const CaseResult& one, std::size_t count) {
  std::vector<CaseResult> results(count, one);
  for (std::size_t i = 0; i < count; ++i) {
    results[i].name = fmt::format("{}-{}", one.name, i);
    for (const EngineKind engine : kEngines) {
      if (engine == EngineKind::fuzz) continue;
      // What the others tell is less: no interleaving but Relacy's.
      EngineResult& other = results[i].engines.emplace_back(one.engines.front());
      other.engine = engine;
      if (engine == EngineKind::relacy) continue;
      for (Finding& finding : other.findings) {
        finding.token.reset();
        finding.minimal.reset();
      }
    }
  }
  // As a run makes them: programs of their own, each with its debug information.
  std::vector<std::unique_ptr<Symbolizer>> symbols;
  std::vector<ReportCase> cases;
  const auto renew = [&] {
    symbols.clear();
    cases.clear();
    for (const CaseResult& result : results) {
      symbols.push_back(std::make_unique<Symbolizer>(result.modules));
      ReportCase& report_case = cases.emplace_back();
      report_case.result = &result;
      report_case.symbols = symbols.back().get();
    }
  };
  const auto measure = [&](const std::string& what, auto write) {
    renew();
    std::string text = timed(what, write);
    if (timed(what + ", symbols known", write) != text) {
      throw std::runtime_error("the second report is another");
    }
    // Markdown escapes what it would take for its own.
    std::erase(text, '\\');
    expect_all_told(text, one.name, count);
  };
  measure("terminal", [&](std::ostream& out) { write_terminal_report(out, cases, {}); });
  for (const ReportFormat& format : report_formats()) {
    measure(std::string(format.name), [&](std::ostream& out) { format.write(out, cases); });
  }
}

// Two threads in turn, as the failing run had their accesses. `turns`: how long each goes; values
// that are all different, or those of a loop.
Trace long_trace(const Trace& trace, std::size_t steps, std::size_t turns) {
  std::vector<Event> accesses;
  for (const Event& event : trace.events) {
    if (event.thread == 1 && is_memory_access(event.op.kind) && event.racy) {
      accesses.push_back(event);
    }
  }
  if (accesses.empty()) throw std::runtime_error("the failing run has no race");
  Trace result = trace;
  result.events.clear();
  for (std::size_t i = 0; i < steps; ++i) {
    Event event = accesses[i % accesses.size()];
    event.thread = static_cast<ThreadId>(1 + i / turns % 2);
    event.step = 1 + i;
    event.value = i;
    const bool switched = i > 0 && i % turns == 0;
    event.why = switched ? SwitchReason::preempted : SwitchReason::none;
    result.events.push_back(std::move(event));
  }
  return result;
}

void show_long_trace(CaseResult one, std::size_t steps) {
  EngineResult& engine = one.engines.front();
  const auto with_trace =
      std::find_if(engine.findings.begin(), engine.findings.end(),
                   [](const Finding& finding) { return finding.minimal.has_value(); });
  if (with_trace == engine.findings.end()) throw std::runtime_error("no interleaving was found");
  const Finding finding = *with_trace;
  for (const std::size_t turns : {steps / 4, std::size_t{3}}) {
    engine.findings = {finding};
    engine.findings[0].minimal->trace = long_trace(finding.minimal->trace, steps, turns);
    const Symbolizer symbols{one.modules};
    ReportCase report_case;
    report_case.result = &one;
    report_case.symbols = &symbols;
    const std::string shape = turns == 3 ? "in turns of 3" : "folded";
    const auto measure = [&](const std::string& what, auto write) {
      if (timed(what + ", " + shape, write).empty()) {
        throw std::runtime_error("a report is empty");
      }
    };
    measure("terminal",
            [&](std::ostream& out) { write_terminal_report(out, std::span(&report_case, 1), {}); });
    for (const ReportFormat& format : report_formats()) {
      measure(std::string(format.name),
              [&](std::ostream& out) { format.write(out, std::span(&report_case, 1)); });
    }
    measure("replay", [&](std::ostream& out) {
      write_terminal_replay(out, report_case, finding.minimal->token, finding.failure, {},
                            engine.findings[0].minimal->trace, {}, {});
    });
  }
}

}  // namespace

void show_reports(const ReportOptions& options) {
  const CaseResult one = searched("unlocked_counter");
  fmt::print(
      "\n== reports of {} cases under four engines, each with debug information of its own\n",
      options.cases);
  show_many_cases(one, options.cases);
  fmt::print("\n== reports of a run of {} steps\n", options.steps);
  show_long_trace(one, options.steps);
}

}  // namespace heddle::bench
