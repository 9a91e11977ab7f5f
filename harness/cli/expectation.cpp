#include "harness/cli/expectation.h"

#include <fmt/format.h>

#include <algorithm>

namespace heddle {
namespace {

struct KindName {
  FailureKind kind;
  std::string_view name;
};

constexpr KindName kKinds[] = {
    {FailureKind::assertion, "assertion"},
    {FailureKind::abort, "abort"},
    {FailureKind::uncaught_exception, "uncaught_exception"},
    {FailureKind::exit_status, "exit_status"},
    {FailureKind::signal, "signal"},
    {FailureKind::deadlock, "deadlock"},
    {FailureKind::lost_wakeup, "lost_wakeup"},
    {FailureKind::self_deadlock, "self_deadlock"},
    {FailureKind::bad_unlock, "bad_unlock"},
    {FailureKind::destroyed_locked, "destroyed_locked"},
    {FailureKind::use_after_free, "use_after_free"},
    {FailureKind::use_after_destroy, "use_after_destroy"},
    {FailureKind::use_after_return, "use_after_return"},
    {FailureKind::double_free, "double_free"},
    {FailureKind::hang, "hang"},
    {FailureKind::data_race, "data_race"},
    {FailureKind::lock_inversion, "lock_inversion"},
    {FailureKind::other_report, "other_report"},
    {FailureKind::use_of_uninitialized, "use_of_uninitialized"},
    {FailureKind::leak, "leak"},
    {FailureKind::out_of_memory, "out_of_memory"},
};

std::string kind_names() {
  std::string names;
  for (const KindName& kind : kKinds)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  return names;
}

}  // namespace

std::variant<Expectation, ExpectationError> parse_expectation(std::string_view text) {
  if (text == "pass") return Expectation{Expectation::Verdict::pass, {}};
  if (text == "any") return Expectation{Expectation::Verdict::any, {}};
  if (text == "fail") return Expectation{Expectation::Verdict::fail, {}};
  constexpr std::string_view kPrefix = "fail:";
  if (text.starts_with(kPrefix)) {
    const std::string_view name = text.substr(kPrefix.size());
    const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                     [&](const KindName& kind) { return kind.name == name; });
    if (found != std::end(kKinds)) return Expectation{Expectation::Verdict::fail, found->kind};
    return ExpectationError{
        fmt::format("'{}' is no kind of failure; there are {}", name, kind_names())};
  }
  return ExpectationError{
      fmt::format("'{}' is no expectation; write pass, fail, fail:KIND or any", text)};
}

std::optional<std::string> broken_expectation(const Expectation& expectation,
                                              const CaseResult& result) {
  std::uint64_t failed = 0;
  bool has_kind = false;
  for (const EngineResult& engine : result.engines) {
    failed += engine.failed;
    for (const Finding& finding : engine.findings) {
      has_kind |= expectation.kind.has_value() && finding.failure.kind == *expectation.kind;
    }
  }
  switch (expectation.verdict) {
    case Expectation::Verdict::any:
      return std::nullopt;
    case Expectation::Verdict::pass:
      if (failed == 0) return std::nullopt;
      return fmt::format("{}: expected to pass, and {} {} failed", result.name, failed,
                         failed == 1 ? "run" : "runs");
    case Expectation::Verdict::fail:
      if (failed == 0) return fmt::format("{}: expected to fail, and no run did", result.name);
      if (!expectation.kind.has_value() || has_kind) return std::nullopt;
      return fmt::format("{}: expected to fail with a {}, and failed only in other ways",
                         result.name, to_string(*expectation.kind));
  }
  return std::nullopt;
}

std::optional<std::string> nothing_finished(const CaseResult& result) {
  if (result.interrupted) return std::nullopt;
  for (const EngineResult& engine : result.engines) {
    if (engine.runs == 0 || engine.gave_up < engine.runs) continue;
    return fmt::format("{}: no run of {} finished, so it says nothing: each gave up at a limit",
                       result.name, to_string(engine.engine));
  }
  return std::nullopt;
}

std::optional<std::string> error_of_engines(const CaseResult& result, bool engines_were_chosen) {
  std::size_t errors = 0;
  const std::string* first = nullptr;
  for (const EngineResult& engine : result.engines) {
    if (!engine.error.has_value()) continue;
    ++errors;
    if (first == nullptr) first = &*engine.error;
  }
  if (errors == 0 || (!engines_were_chosen && errors < result.engines.size())) return std::nullopt;
  return first->starts_with(result.name) ? *first : fmt::format("{}: {}", result.name, *first);
}

}  // namespace heddle
