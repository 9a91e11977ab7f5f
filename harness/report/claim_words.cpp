#include "harness/report/claim_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "harness/report/text.h"

namespace heddle {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// "mylib.cpp", "mylib.cpp and other.cpp", "a.cpp, b.cpp, c.cpp and 4 more".
std::string listed(std::span<const std::string> names) {
  constexpr std::size_t kShown = 3;
  if (names.size() == 2) return names[0] + " and " + names[1];
  const auto shown = names.first(std::min(names.size(), kShown));
  std::string text = fmt::format("{}", fmt::join(shown, ", "));
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

NamedText named(const NotProvedReason& reason) {
  return std::visit(
      Overloaded{
          [](const NotInstrumented& code) -> NamedText {
            if (code.names.empty()) return {"not_instrumented", "nothing of it is instrumented"};
            return {"not_instrumented", fmt::format("{} {} not instrumented", listed(code.names),
                                                    code.names.size() == 1 ? "is" : "are")};
          },
          [](const CallsNotModelled& calls) -> NamedText {
            return {"calls_not_modelled",
                    fmt::format("calls {}, which {} not modelled", listed(calls.functions),
                                calls.functions.size() == 1 ? "is" : "are")};
          },
          [](const RunsGaveUp& gave_up) -> NamedText {
            return {"gave_up", plural(gave_up.runs, "run") + " gave up at a limit"};
          },
          [](const LoopsCutShort&) -> NamedText {
            return {"loops_cut_short", "loops that wait were cut short"};
          },
          [](const ReducedCompareExchange&) -> NamedText {
            return {"compare_exchange",
                    "the program uses compare-exchange, of which dpor may leave out outcomes"};
          },
          [](const InterruptedUnseen&) -> NamedText {
            return {"interrupted_unseen", "where a thread was interrupted is not tried out"};
          },
          [](const NotRepeatable&) -> NamedText {
            return {"not_repeatable", "a run of the same schedule went another way"};
          },
          [](const NotAsInFreshProcess&) -> NamedText {
            return {"not_as_in_fresh_process",
                    "runs that shared a process were not as in fresh ones"};
          },
          [](const FailedElsewhere& elsewhere) -> NamedText {
            std::vector<std::string> names;
            for (const EngineKind engine : elsewhere.engines) names.emplace_back(to_string(engine));
            return {"failed_elsewhere", "it fails under " + listed(names)};
          },
          [](const LateWakeUps& late) -> NamedText {
            return {"late_wake_ups",
                    fmt::format("{} {}, by a late wake-up", plural(late.runs, "run"),
                                late.runs == 1 ? "fails" : "fail")};
          }},
      reason);
}

NamedText named(const NothingClaimed& nothing) {
  switch (nothing.why) {
    case NothingClaimed::Why::not_ended:
      return {"not_ended", "not everything was run"};
    case NothingClaimed::Why::failed:
      return {"failed", "runs failed"};
    case NothingClaimed::Why::error:
      return {"error", "Heddle itself failed"};
  }
  return {};
}

// Of is_outside() (model/decision.h).
std::string outside_text(std::uint64_t choices) {
  return plural(choices, "choice") + " of the outside world";
}

NamedText named(const ClaimBound& bound) {
  return std::visit(
      Overloaded{
          [](const PreemptionBound& bounded) -> NamedText {
            return {"preemptions", plural(bounded.preemptions, "preemption") + " a run"};
          },
          [](const OutsideChoiceBound& bounded) -> NamedText {
            return {"outside_choices", outside_text(bounded.choices) + " a run"};
          },
          [](const DeviationBound& bounded) -> NamedText {
            return {"deviations", plural(bounded.deviations, "deviation") + " a run"};
          },
          [](const SpuriousWakeBound& bounded) -> NamedText {
            return {"spurious_wakes",
                    plural(bounded.per_thread, "spurious wake-up") + " of each thread"};
          },
          [](const WeakFailureBound& bounded) -> NamedText {
            return {"weak_failures", plural(bounded.per_thread, "weak compare-exchange") +
                                         " of each thread that fails without cause"};
          },
          [](const EarlyTimeoutBound& bounded) -> NamedText {
            return {"early_timeouts",
                    plural(bounded.per_thread, "early timeout") + " of each thread"};
          },
          [](const DeadlinesInOrder&) -> NamedText {
            return {"deadlines_in_order", "deadlines in order"};
          },
          [](const SequentialConsistency&) -> NamedText {
            return {"sequentially_consistent",
                    "sequentially consistent: a load sees the latest store"};
          },
          [](const RelacyChoices& choices) -> NamedText {
            std::vector<std::string> once;
            if (choices.weak_exchanges) {
              once.emplace_back("a weak compare-exchange of each atomic fails without cause");
            }
            if (choices.spurious_wakes) once.emplace_back("a wait ends spuriously");
            return {"relacy_choices", fmt::format("at most once {}", listed(once))};
          },
          [](const RelacyYields&) -> NamedText {
            return {"relacy_yields", "a thread that yields or sleeps goes on after others have"};
          },
          [](const OwnClocks&) -> NamedText {
            return {"own_clocks", "each thread has a clock of its own"};
          },
          [](const StrongExchanges&) -> NamedText {
            return {"strong_exchanges",
                    "compare-exchanges as strong ones, since clang does not tell them from "
                    "weak ones"};
          },
          [](const PartsOfLocals&) -> NamedText {
            return {"parts_of_locals",
                    "what clang leaves out, accesses of a function to parts of its own local "
                    "variables, races with nothing"};
          },
          [](const RelacyModel& model) -> NamedText {
            return {"relacy_model",
                    fmt::format("Relacy's model: a load sees one of the last {} stores, and "
                                "none that comes later; release sequences are C++11's; "
                                "objects on stacks live for ever",
                                model.stores)};
          }},
      bound);
}

// What tells the interleavings within the bounds from others, as far as it fits into a table.
struct Scope {
  std::string model;    // "of Relacy's model"
  std::string bounded;  // "within 1 preemption"
};

Scope scope_of(std::span<const ClaimBound> bounds) {
  Scope scope;
  std::size_t others = 0;
  for (const ClaimBound& bound : bounds) {
    if (std::holds_alternative<SequentialConsistency>(bound)) {
      scope.model = "sequentially consistent";
    } else if (std::holds_alternative<RelacyModel>(bound)) {
      scope.model = "of Relacy's model";
    } else if (const auto* preemptions = std::get_if<PreemptionBound>(&bound)) {
      scope.bounded = "within " + plural(preemptions->preemptions, "preemption");
    } else {
      ++others;
    }
  }
  if (others > 0) scope.bounded = "within bounds";
  return scope;
}

// "all 7 interleavings of Relacy's model"; to fit into a table, "all 7 of Relacy's model".
std::string all_text(std::uint64_t interleavings, std::span<const ClaimBound> bounds,
                     bool for_table) {
  const Scope scope = scope_of(bounds);
  const bool one = interleavings == 1;
  const bool adjective = scope.model.starts_with("sequentially");
  std::string text = one ? "the only" : "all";
  if (interleavings > 1) text += " " + grouped(interleavings);
  if (adjective) text += " " + scope.model;
  if (!for_table || bounds.empty()) {
    text += one ? " interleaving" : " interleavings";
  } else if (one) {
    text += " one";
  }
  if (!adjective && !scope.model.empty()) text += " " + scope.model;
  if (!scope.bounded.empty()) text += " " + scope.bounded;
  return text;
}

std::string joined(std::span<const NamedText> parts) {
  std::string text;
  for (const NamedText& part : parts) text += (text.empty() ? "" : "; ") + part.text;
  return text;
}

std::string assumed_text(const Claim& claim) {
  const std::vector<std::string> assumed = assumptions_of(claim);
  return assumed.empty() ? "" : fmt::format("assumed: {}", fmt::join(assumed, "; "));
}

std::uint64_t interleavings_of(const Claim& claim) {
  return std::visit(Overloaded{[](const NothingClaimed&) { return std::uint64_t{0}; },
                               [](const auto& other) { return other.interleavings; }},
                    claim);
}

// Of bounds that a table's row does not say in full.
std::string bounds_remark(const Claim& claim) {
  std::vector<NamedText> told;
  const std::vector<ClaimBound> all = bounds_of(claim);
  const bool short_form = scope_of(all).bounded == "within bounds";
  for (const ClaimBound& bound : all) {
    const bool in_row = std::holds_alternative<SequentialConsistency>(bound) ||
                        (std::holds_alternative<PreemptionBound>(bound) && !short_form);
    if (!in_row) told.push_back(named(bound));
  }
  return told.empty() ? "" : "bounds: " + joined(told);
}

}  // namespace

std::vector<NamedText> named_reasons(const Claim& claim) {
  std::vector<NamedText> reasons;
  if (const auto* nothing = std::get_if<NothingClaimed>(&claim)) reasons.push_back(named(*nothing));
  if (const auto* open = std::get_if<NotProved>(&claim)) {
    for (const NotProvedReason& reason : open->reasons) reasons.push_back(named(reason));
  }
  return reasons;
}

std::vector<NamedText> named_bounds(const Claim& claim) {
  std::vector<NamedText> bounds;
  for (const ClaimBound& bound : bounds_of(claim)) bounds.push_back(named(bound));
  return bounds;
}

std::string not_proved_text(const Claim& claim) {
  return std::holds_alternative<NotProved>(claim) ? "not a proof: " + joined(named_reasons(claim))
                                                  : "";
}

ClaimWords words_of(const EngineResult& result) {
  const Claim& claim = result.claim;
  ClaimWords words;
  if (is_proof(claim)) {
    const std::uint64_t interleavings = interleavings_of(claim);
    words.covered = all_text(interleavings, bounds_of(claim), false);
    words.row = all_text(interleavings, bounds_of(claim), true) +
                (interleavings == 1 ? " passes" : " pass");
    words.remark = bounds_remark(claim);
    const std::string assumed = assumed_text(claim);
    if (!assumed.empty()) words.remark += (words.remark.empty() ? "" : "; ") + assumed;
    return words;
  }
  words.remark = not_proved_text(claim);
  if (!result.exhausted) return words;
  // Counted by the search, whether or not there are others.
  const std::uint64_t seen =
      result.exploration.has_value() ? result.exploration->distinct : interleavings_of(claim);
  if (seen > 0) words.covered = plural(seen, "interleaving");
  if (std::holds_alternative<NotProved>(claim)) words.row = "none in " + words.covered;
  return words;
}

std::string method_text(const EngineResult& result) {
  if (result.explored == 0) return result.method;
  if (!is_proof(result.claim)) {
    return fmt::format("{}; dpor: {} of the runs", result.method, grouped(result.explored));
  }
  return fmt::format("{}; dpor: {}", result.method, words_of(result).covered);
}

std::string proof_text(const MinimalityProof& proof, unsigned had) {
  if (!is_proof(proof.claim)) return "";
  std::string which = had == 1 ? "without any" : "with fewer";
  const std::vector<ClaimBound> bounds = bounds_of(proof.claim);
  const bool relacy = std::any_of(bounds.begin(), bounds.end(), [](const ClaimBound& bound) {
    return std::holds_alternative<RelacyModel>(bound);
  });
  if (relacy) which = "of Relacy's model " + which;
  std::string text;
  if (proof.schedules == 1) {
    text = fmt::format("proved: the only schedule {} {}", which,
                       proof.failed == 0 ? "passes" : "does not fail so");
  } else if (proof.failed == 0) {
    text = fmt::format("proved: all {} schedules {} pass", grouped(proof.schedules), which);
  } else {
    text = fmt::format("proved: none of the {} schedules {} fails so", grouped(proof.schedules),
                       which);
  }
  std::vector<NamedText> told;
  for (const ClaimBound& bound : bounds) {
    // That on preemptions, or choices, is what the sentence is about.
    if (!std::holds_alternative<PreemptionBound>(bound) &&
        !std::holds_alternative<RelacyModel>(bound) &&
        !std::holds_alternative<OutsideChoiceBound>(bound)) {
      told.push_back(named(bound));
    }
  }
  if (!told.empty()) text += fmt::format(" (bounds: {})", joined(told));
  const std::string assumed = assumed_text(proof.claim);
  if (!assumed.empty()) text += fmt::format(" ({})", assumed);
  return text;
}

namespace {

// Where the search did not come to its end: how far it came.
std::string search_text(const std::optional<MinimalityProof>& proof, std::string_view what) {
  if (!proof.has_value() || is_proof(proof->claim) || proof->schedules == 0) return "";
  const std::string why = not_proved_text(proof->claim);
  return fmt::format("; {} with fewer {} did not fail so, {}", plural(proof->schedules, "schedule"),
                     what, why.empty() ? "and there are more" : "which is " + why);
}

}  // namespace

bool is_proved(const MinimalInterleaving& minimal) {
  return minimal.proof.has_value() && is_proof(minimal.proof->claim);
}

std::string minimality_text(const MinimalInterleaving& minimal) {
  const auto count = minimal.token.schedule.deviations.size();
  std::string text;
  if (minimal.outside_choices > 0) {
    text = outside_text(minimal.outside_choices);
    if (minimal.choices_proof.has_value() && is_proof(minimal.choices_proof->claim)) {
      text += ", " + proof_text(*minimal.choices_proof, minimal.outside_choices);
    }
    text += search_text(minimal.choices_proof, "choices") + "; and ";
  }
  text += plural(minimal.preemptions, "preemption");
  if (minimal.token.engine == EngineKind::fuzz && count == 0) {
    text += "; the default order fails, nothing can be left out of it";
  } else if (is_proved(minimal)) {
    text += ", " + proof_text(*minimal.proof, minimal.preemptions);
  } else if (minimal.one_minimal) {
    text += "; no single deviation can be dropped (1-minimal)";
  } else if (minimal.canonical && minimal.preemptions == 0) {
    text += "; no schedule that fails so has fewer";
  } else {
    text += "; not shown to be minimal";
  }
  text += search_text(minimal.proof, "preemptions");
  // Where each of them is a preemption or such a choice there is nothing more to say.
  if (minimal.fewest_deviations && count > minimal.preemptions + minimal.outside_choices) {
    text += fmt::format("; {}, none with fewer fails so", plural(count, "deviation"));
  }
  if (minimal.shrink_runs > 0) {
    text += minimal.deviations_before > count
                ? fmt::format("; shrunk from {} to {} in {}",
                              plural(minimal.deviations_before, "deviation"), grouped(count),
                              plural(minimal.shrink_runs, "run"))
                : fmt::format("; checked in {}", plural(minimal.shrink_runs, "run"));
  }
  return text;
}

std::string late_wake_remark(const EngineResult& result) {
  const char* const verb = result.failed_late == 1 ? "fails" : "fail";
  const std::string runs = plural(result.failed_late, result.failed == 0 ? "run" : "further run");
  const char* const alone = result.failed == 0 ? "by a late wake-up alone" : "after a late wake-up";
  return fmt::format("{} {} {}, which counts with --deadlines free", runs, verb, alone);
}

}  // namespace heddle
