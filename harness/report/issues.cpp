#include "harness/report/issues.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/report/describe.h"

namespace heddle {
namespace {

// What engines agree on, whatever words they have for a failure: its kind, and where it came.
std::string place_key(const Failed& failure, const Symbols& symbols) {
  if (failure.kind == FailureKind::data_race || failure.places.empty()) {
    return lines_key({failure.kind, "", failure.places}, symbols);
  }
  const Place& place = failure.places.front();
  const SourceLine source = source_of(symbols, place.op.pc, place.stack);
  return fmt::format("{}|{}:{}", to_string(failure.kind), source.file, source.line);
}

}  // namespace

std::string lines_key(const Failed& failure, const Symbols& symbols) {
  std::set<std::string> lines;
  for (const Place& place : failure.places) {
    const SourceLine source = source_of(symbols, place.op.pc, place.stack);
    lines.insert(fmt::format("{}:{}:{}", source.file, source.line, source.function));
  }
  return fmt::format("{}|{}|{}", to_string(failure.kind), failure.message, fmt::join(lines, "|"));
}

std::vector<Issue> issues_of(const ReportCase& report_case) {
  const Symbols& symbols = *report_case.symbols;
  std::vector<Issue> issues;
  std::set<std::string> known;
  const auto add = [&](const Failed& failure, const MinimalInterleaving* minimal,
                       const Token* token) {
    if (!known.insert(place_key(failure, symbols)).second) return;
    issues.push_back({&failure, minimal, minimal != nullptr ? &minimal->token : token, {}});
  };
  const std::vector<EngineResult>& engines = report_case.result->engines;
  for (const EngineResult& engine : engines) {
    for (const Finding& finding : engine.findings) {
      if (finding.minimal) add(finding.failure, &*finding.minimal, nullptr);
      const auto& hunt = finding.hunt;
      if (hunt && hunt->found && hunt->minimal) add(*hunt->found, &*hunt->minimal, nullptr);
    }
  }
  for (const EngineResult& engine : engines) {
    for (const Finding& finding : engine.findings) {
      // That one has its interleaving above, under fuzz's name for it.
      if (finding.hunt && (finding.hunt->by_search || finding.hunt->found)) continue;
      add(finding.failure, nullptr, finding.token ? &*finding.token : nullptr);
    }
  }
  for (Issue& issue : issues) {
    const std::string key = place_key(*issue.failure, symbols);
    for (const EngineResult& engine : engines) {
      std::uint64_t count = 0;
      for (const Finding& finding : engine.findings) {
        const bool same = place_key(finding.failure, symbols) == key ||
                          (finding.hunt && finding.hunt->found &&
                           place_key(*finding.hunt->found, symbols) == key);
        if (same) count = std::max(count, finding.count);
      }
      if (count > 0 && engine.runs > 0) issue.rates.push_back({engine.engine, count, engine.runs});
    }
  }
  return issues;
}

}  // namespace heddle
