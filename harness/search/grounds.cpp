#include "harness/search/grounds.h"

#include <algorithm>
#include <optional>

namespace heddle {
namespace {

// Locks that are taken in both orders are a warning: behind a third lock no run may ever fail of
// it.
bool fails_itself(const EngineResult& result) {
  return std::any_of(result.findings.begin(), result.findings.end(), [](const Finding& finding) {
    return finding.failure.kind != FailureKind::lock_inversion && !finding.failure.late_wake;
  });
}

void settle(std::optional<MinimalInterleaving>& minimal, const UnseenCode& unseen) {
  if (!minimal.has_value()) return;
  for (std::optional<MinimalityProof>* const proof : {&minimal->choices_proof, &minimal->proof}) {
    if (!proof->has_value()) continue;
    (*proof)->grounds.unseen = unseen;
    (*proof)->claim = claim_of((*proof)->grounds);
  }
}

}  // namespace

ClaimGrounds grounds_of(const EngineResult& result) {
  const Exploration explored = result.exploration.value_or(Exploration{});
  // Of fuzz, auto may have come to the end of what it searches and still not be done.
  const bool fuzz = result.engine == EngineKind::fuzz;
  return {.engine = result.engine,
          .ended = fuzz ? explored.complete : result.exhausted,
          .error = result.error.has_value(),
          .failed = result.earlier.failed + result.failed,
          .failed_late = result.earlier.failed_late + result.failed_late,
          .gave_up = result.gave_up,
          .runs = result.runs,
          .exploration = explored,
          .preemption_bound = result.preemption_bound,
          .repeatable = result.earlier.repeatable && !result.divergence.has_value(),
          .as_fresh = !result.not_as_fresh.has_value(),
          .features = result.features,
          .failed_elsewhere = {},
          .unseen = {}};
}

UnseenCode unseen_in(const std::vector<EngineResult>& results) {
  // Of one program all engines have seen the same, if they have seen it start.
  for (const EngineResult& result : results) {
    const Instrumentation& found = result.instrumentation;
    if (found == Instrumentation{}) continue;
    UnseenCode unseen{.everything = found.none,
                      .unmodelled = found.unmodelled,
                      .parts_of_locals = found.parts_of_locals};
    for (const UninstrumentedCode& code : found.uninstrumented) unseen.names.push_back(code.name);
    for (const std::string& framework : found.assumed) {
      unseen.assumed.push_back(framework + " shares nothing between threads");
    }
    for (const std::string& input : found.inputs) {
      unseen.assumed.push_back(input + " gives what it gave here");
    }
    return unseen;
  }
  return {};
}

void settle_claims(std::vector<EngineResult>& results, const UnseenCode& unseen) {
  for (EngineResult& result : results) {
    ClaimGrounds grounds = grounds_of(result);
    grounds.unseen = unseen;
    for (const EngineResult& other : results) {
      if (&other != &result && fails_itself(other))
        grounds.failed_elsewhere.push_back(other.engine);
    }
    result.claim = claim_of(grounds);
    for (Finding& finding : result.findings) {
      settle(finding.minimal, unseen);
      if (finding.hunt.has_value()) settle(finding.hunt->minimal, unseen);
    }
  }
}

}  // namespace heddle
