#include "harness/report/issues.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "harness/report/describe.h"

namespace heddle {
std::string place_key(const Failed& failure, const Symbols& symbols) {
  if (failure.kind == FailureKind::data_race || failure.places.empty()) {
    return lines_key({failure.kind, "", failure.places}, symbols);
  }
  const Place& place = failure.places.front();
  const SourceLine source = source_of(symbols, place.op.pc, place.stack);
  return fmt::format("{}|{}:{}", to_string(failure.kind), source.file, source.line);
}

std::string lines_key(const Failed& failure, const Symbols& symbols) {
  std::set<std::string> lines;
  for (const Place& place : failure.places) {
    const SourceLine source = source_of(symbols, place.op.pc, place.stack);
    lines.insert(fmt::format("{}:{}:{}", source.file, source.line, source.function));
  }
  return fmt::format("{}|{}|{}", to_string(failure.kind), failure.message, fmt::join(lines, "|"));
}

std::vector<MergedFinding> merged_findings(const EngineResult& engine, const Symbols& symbols) {
  std::vector<MergedFinding> merged;
  std::map<std::string, std::size_t> known;
  for (const Finding& finding : engine.findings) {
    // A late wake-up, and what fresh processes say, are told of each.
    const std::string key = fmt::format("{}|{}|{}", lines_key(finding.failure, symbols),
                                        finding.failure.late_wake, static_cast<int>(finding.fresh));
    const auto [at, is_new] = known.try_emplace(key, merged.size());
    if (is_new) {
      merged.push_back({&finding, finding.count});
      continue;
    }
    MergedFinding& same = merged[at->second];
    same.count = std::max(same.count, finding.count);
    if (!same.finding->minimal && finding.minimal) same.finding = &finding;
  }
  return merged;
}

const Trace* trace_of(const Finding& finding, const EngineResult& engine) {
  if (finding.minimal.has_value()) return &finding.minimal->trace;
  if (!finding.token.has_value()) return nullptr;
  const auto same = std::find_if(
      engine.findings.begin(), engine.findings.end(), [&finding](const Finding& other) {
        return other.minimal.has_value() && other.minimal->token == *finding.token;
      });
  return same == engine.findings.end() ? nullptr : &same->minimal->trace;
}

namespace {

// Without what another build or run has otherwise: addresses, lines.
std::string lasting_words(std::string_view message) {
  // Of what the C library prints of an assertion, the condition: file and line stand before it.
  constexpr std::string_view kBefore = "Assertion `";
  const std::size_t begin = message.find(kBefore);
  const std::size_t end = message.rfind("' failed");
  if (begin != std::string_view::npos && end != std::string_view::npos &&
      end >= begin + kBefore.size()) {
    message = message.substr(begin + kBefore.size(), end - begin - kBefore.size());
  }
  std::string words;
  for (std::size_t at = 0; at < message.size();) {
    if (message.substr(at).starts_with("0x")) {
      words += "0x";
      at = std::min(message.find_first_not_of("0123456789abcdefABCDEF", at + 2), message.size());
    } else {
      words += message[at++];
    }
  }
  return words;
}

}  // namespace

std::string lasting_key(const Failed& failure, const Symbols& symbols) {
  std::set<std::string> places;
  for (const Place& place : failure.places) {
    const std::vector<Frame> frames = frames_of(symbols, place.op.pc, place.stack);
    auto frame = std::find_if_not(frames.begin(), frames.end(), is_library);
    if (frame == frames.end()) frame = frames.begin();
    if (frame == frames.end()) continue;
    const unsigned line = frame->line - std::min(frame->line, frame->function_line);
    places.insert(fmt::format("{}:{}", frame->function, line));
  }
  const std::string text = fmt::format("{}|{}|{}", to_string(failure.kind),
                                       lasting_words(failure.message), fmt::join(places, "|"));
  // FNV-1a.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

namespace {

std::vector<Issue> each_bug_once(std::vector<Issue> issues, const Symbols& symbols) {
  std::vector<ToldFailure> told;
  told.reserve(issues.size());
  for (const Issue& issue : issues) told.push_back({issue.failure, issue.minimal});
  const std::vector<BesideWhich> beside = one_bug_each(told, symbols);
  for (std::size_t i = 0; i < issues.size(); ++i) {
    if (beside[i].why == SameBug::no) continue;
    issues[i].why = beside[i].why;
    issues[beside[i].head].also.push_back(std::move(issues[i]));
  }
  std::vector<Issue> heads;
  for (std::size_t i = 0; i < issues.size(); ++i) {
    if (beside[i].why == SameBug::no) heads.push_back(std::move(issues[i]));
  }
  return heads;
}

}  // namespace

std::vector<Issue> issues_of(const ReportCase& report_case) {
  const Symbols& symbols = *report_case.symbols;
  std::vector<Issue> issues;
  std::set<std::string> known;
  const auto add = [&](const Failed& failure, const MinimalInterleaving* minimal,
                       const Token* token) {
    if (!known.insert(place_key(failure, symbols)).second) return;
    issues.push_back(
        {&failure, minimal, minimal != nullptr ? &minimal->token : token, {}, SameBug::no, {}});
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
  return each_bug_once(std::move(issues), symbols);
}

}  // namespace heddle
