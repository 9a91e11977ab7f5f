#include "harness/search/claim_of.h"

#include <algorithm>

#include "fuzz/strategy/exhaustive.h"

namespace heddle {
namespace {

std::vector<ClaimBound> find_bounds(const ClaimGrounds& grounds) {
  std::vector<ClaimBound> bounds;
  if (grounds.engine == EngineKind::relacy) {
    bounds.push_back(RelacyModel{});
    const RelacyChoices choices{.weak_exchanges = grounds.features.weak_exchange,
                                .spurious_wakes = grounds.features.condition_wait};
    if (choices.weak_exchanges || choices.spurious_wakes) bounds.push_back(choices);
    if (grounds.features.gives_way) bounds.push_back(RelacyYields{});
    if (grounds.features.unknown_exchange) bounds.push_back(StrongExchanges{});
    if (grounds.preemption_bound != Exploration::kNoBound) {
      bounds.push_back(PreemptionBound{grounds.preemption_bound});
    }
    if (grounds.outside_choices != Exploration::kNoBound) {
      bounds.push_back(OutsideChoiceBound{grounds.outside_choices});
    }
    return bounds;
  }
  const Exploration& exploration = grounds.exploration;
  if (grounds.features.weaker_atomics) bounds.push_back(SequentialConsistency{});
  if (exploration.bound != Exploration::kNoBound) {
    bounds.push_back(PreemptionBound{exploration.bound});
  }
  if (exploration.outside_choices != Exploration::kNoBound) {
    bounds.push_back(OutsideChoiceBound{exploration.outside_choices});
  }
  if (exploration.deviations != Exploration::kNoBound) {
    bounds.push_back(DeviationBound{exploration.deviations});
  }
  if (grounds.failed_late > 0) bounds.push_back(DeadlinesInOrder{});
  if (grounds.features.own_clocks) bounds.push_back(OwnClocks{});
  if (grounds.features.shared_locals && grounds.unseen.parts_of_locals) {
    bounds.push_back(PartsOfLocals{});
  }
  if (grounds.features.unknown_exchange) bounds.push_back(StrongExchanges{});
  const ChoiceBounds& reached = exploration.reached;
  if (reached.spurious_wakes) bounds.push_back(SpuriousWakeBound{kSpuriousWakes});
  if (reached.weak_failures) bounds.push_back(WeakFailureBound{kWeakFailures});
  if (reached.early_timeouts) bounds.push_back(EarlyTimeoutBound{kEarlyTimeouts});
  return bounds;
}

// Whether a failure that another engine has seen may lie outside these bounds. Budgets of spurious
// wake-ups and the like do not count: a search that is blind to something in a program with a
// condition variable would be excused by them.
bool leave_room(const std::vector<ClaimBound>& bounds) {
  return std::any_of(bounds.begin(), bounds.end(), [](const ClaimBound& bound) {
    return std::holds_alternative<SequentialConsistency>(bound) ||
           std::holds_alternative<OwnClocks>(bound) ||
           std::holds_alternative<PartsOfLocals>(bound) ||
           std::holds_alternative<PreemptionBound>(bound) ||
           std::holds_alternative<OutsideChoiceBound>(bound) ||
           std::holds_alternative<DeviationBound>(bound);
  });
}

std::vector<NotProvedReason> find_reasons(const ClaimGrounds& grounds,
                                          const std::vector<ClaimBound>& bounds) {
  std::vector<NotProvedReason> reasons;
  if (grounds.unseen.everything) {
    reasons.push_back(NotInstrumented{});
  } else if (!grounds.unseen.names.empty()) {
    reasons.push_back(NotInstrumented{grounds.unseen.names});
  }
  if (!grounds.unseen.unmodelled.empty()) {
    reasons.push_back(CallsNotModelled{grounds.unseen.unmodelled});
  }
  if (!grounds.failed_elsewhere.empty() && !leave_room(bounds)) {
    reasons.push_back(FailedElsewhere{grounds.failed_elsewhere});
  }
  if (grounds.features.interrupted) reasons.push_back(InterruptedUnseen{});
  if (!grounds.repeatable) reasons.push_back(NotRepeatable{});
  if (!grounds.as_fresh) reasons.push_back(NotAsInFreshProcess{});
  if (grounds.gave_up > 0) {
    reasons.push_back(RunsGaveUp{grounds.gave_up});
  } else if (grounds.exploration.limited) {
    reasons.push_back(LoopsCutShort{});
  }
  // Of what one order of steps stands for, others may need none.
  if (grounds.failed_late > 0 && grounds.exploration.reduced) {
    reasons.push_back(LateWakeUps{grounds.failed_late});
  }
  if (grounds.exploration.reduced && grounds.features.compare_exchange) {
    reasons.push_back(ReducedCompareExchange{});
  }
  return reasons;
}

}  // namespace

Claim claim_of(const ClaimGrounds& grounds) {
  using Why = NothingClaimed::Why;
  if (grounds.error) return NothingClaimed{Why::error};
  if (grounds.failed > 0) return NothingClaimed{Why::failed};
  if (!grounds.ended) return NothingClaimed{Why::not_ended};
  std::uint64_t interleavings =
      grounds.engine == EngineKind::fuzz ? grounds.exploration.distinct : grounds.runs;
  // Those that need a late wake-up are among them, in unknown number.
  if (grounds.failed_late > 0) interleavings = 0;
  std::vector<ClaimBound> bounds = find_bounds(grounds);
  std::vector<NotProvedReason> reasons = find_reasons(grounds, bounds);
  if (!reasons.empty()) return NotProved{interleavings, std::move(reasons)};
  if (bounds.empty()) return Proved{interleavings, grounds.unseen.assumed};
  return ProvedWithin{interleavings, std::move(bounds), grounds.unseen.assumed};
}

}  // namespace heddle
