#include "harness/report/coverage_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/report/claim_words.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

// How many interleavings there are, as an exhaustive search that has not come to its end would
// guess; nothing of other searches.
std::optional<double> forecast_of(const EngineResult& engine) {
  const bool searches = engine.exploration.has_value() && !engine.exploration->complete &&
                        engine.exploration->fraction > 0 && engine.method.starts_with("dpor");
  if (!searches) return std::nullopt;
  return static_cast<double>(engine.exploration->executions) / engine.exploration->fraction;
}

}  // namespace

std::string coverage_text(const EngineResult& engine) {
  const Coverage& coverage = *engine.coverage;
  const auto number = [&](std::uint64_t count) {
    return coverage.exact ? grouped(count) : "about " + rounded(static_cast<double>(count));
  };
  std::string text = fmt::format("{} distinct interleaving{}", number(coverage.distinct),
                                 coverage.distinct == 1 ? "" : "s");
  if (const std::string searched = words_of(engine).covered; !searched.empty()) {
    // By the count of the search, which tells more apart: two numbers for one thing would puzzle.
    text = searched;
  } else if (const auto forecast = forecast_of(engine)) {
    text += fmt::format(", of perhaps {}", rounded(*forecast));
  } else if (coverage.late.has_value()) {
    text += fmt::format(", {} new in the last tenth of the runs",
                        *coverage.late == 0 ? "none" : number(*coverage.late));
  }
  text += coverage.fewest_decisions == coverage.most_decisions
              ? fmt::format("; {} a run", plural(coverage.most_decisions, "decision"))
              : fmt::format("; {} to {} decisions a run, {:.1f} on average",
                            grouped(coverage.fewest_decisions), grouped(coverage.most_decisions),
                            coverage.mean_decisions);
  if (engine.gave_up > 0) text += fmt::format("; {} hit a limit", plural(engine.gave_up, "run"));
  return text;
}

std::string bound_text(const EngineResult& engine, const DepthBound& bound) {
  const std::uint64_t complete = engine.runs - std::min(engine.gave_up, engine.runs);
  const double missed = bound.missed_by(complete);
  constexpr double kNegligible = 1e-6;
  return fmt::format(
      "a bug that needs {} shows in one run of {} or more often ({}, at most {} a run): these runs "
      "miss it with a probability {} %",
      plural(bound.depth, "ordering constraint"), rounded(std::ceil(1 / bound.per_run)),
      plural(bound.threads, "thread"), plural(bound.decisions, "decision"),
      missed < kNegligible ? "below " + percent(kNegligible)
                           : "of at most " + percent_at_most(missed));
}

}  // namespace heddle
