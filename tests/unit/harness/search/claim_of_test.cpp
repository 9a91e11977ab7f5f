#include "harness/search/claim_of.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "fuzz/strategy/exhaustive.h"

namespace heddle {
namespace {

// dfs has come to the end of 7 interleavings, and nothing stands against it.
ClaimGrounds proving() {
  ClaimGrounds grounds{.ended = true, .runs = 9};
  grounds.exploration = {
      .complete = true, .executions = 9, .distinct = 7, .bound = Exploration::kNoBound};
  return grounds;
}

ClaimGrounds relacy() {
  return {.engine = EngineKind::relacy, .ended = true, .runs = 20};
}

struct Judged {
  std::string name;
  ClaimGrounds base;
  std::function<void(ClaimGrounds&)> change;
  Claim claim;
};

std::ostream& operator<<(std::ostream& out, const Judged& judged) {
  return out << judged.name;
}

NothingClaimed nothing(NothingClaimed::Why why) {
  return {why};
}
ProvedWithin within(std::vector<ClaimBound> bounds) {
  return {.interleavings = 7, .bounds = std::move(bounds)};
}
NotProved open(std::vector<NotProvedReason> reasons) {
  return {.interleavings = 7, .reasons = std::move(reasons)};
}

class ClaimOf : public testing::TestWithParam<Judged> {};

TEST_P(ClaimOf, says_no_more_than_was_shown) {
  ClaimGrounds grounds = GetParam().base;
  GetParam().change(grounds);
  EXPECT_EQ(claim_of(grounds), GetParam().claim);
}

using Why = NothingClaimed::Why;

const Judged kJudged[] = {
    {"everything_was_run", proving(), [](ClaimGrounds&) {}, Proved{7}},
    {"what_is_assumed_stands_beside_the_proof", proving(),
     [](ClaimGrounds& g) { g.unseen.assumed = {"gtest shares nothing between threads"}; },
     Proved{7, {"gtest shares nothing between threads"}}},
    {"the_search_did_not_end", proving(), [](ClaimGrounds& g) { g.ended = false; },
     nothing(Why::not_ended)},
    {"a_run_failed", proving(), [](ClaimGrounds& g) { g.failed = 1; }, nothing(Why::failed)},
    {"a_run_failed_and_the_search_did_not_end", proving(),
     [](ClaimGrounds& g) {
       g.failed = 1;
       g.ended = false;
     },
     nothing(Why::failed)},
    {"heddle_failed", proving(),
     [](ClaimGrounds& g) {
       g.error = true;
       g.failed = 1;
     },
     nothing(Why::error)},

    {"loads_could_see_older_stores", proving(),
     [](ClaimGrounds& g) { g.features.weaker_atomics = true; }, within({SequentialConsistency{}})},
    {"preemptions_are_bounded", proving(), [](ClaimGrounds& g) { g.exploration.bound = 2; },
     within({PreemptionBound{2}})},
    {"choices_and_deviations_are_bounded", proving(),
     [](ClaimGrounds& g) {
       g.exploration.outside_choices = 0;
       g.exploration.deviations = 3;
     },
     within({OutsideChoiceBound{0}, DeviationBound{3}})},
    {"what_may_happen_any_time_is_bounded", proving(),
     [](ClaimGrounds& g) {
       g.exploration.reached = {
           .spurious_wakes = true, .weak_failures = true, .early_timeouts = true};
     },
     within({SpuriousWakeBound{kSpuriousWakes}, WeakFailureBound{kWeakFailures},
             EarlyTimeoutBound{kEarlyTimeouts}})},
    {"some_runs_need_a_late_wake_up", proving(), [](ClaimGrounds& g) { g.failed_late = 2; },
     ProvedWithin{0, {DeadlinesInOrder{}}}},
    {"some_runs_need_a_late_wake_up_and_stand_for_others", proving(),
     [](ClaimGrounds& g) {
       g.failed_late = 2;
       g.exploration.reduced = true;
     },
     NotProved{0, {LateWakeUps{2}}}},
    {"bounds_and_assumptions", proving(),
     [](ClaimGrounds& g) {
       g.exploration.bound = 0;
       g.unseen.assumed = {"gtest shares nothing between threads"};
     },
     ProvedWithin{7, {PreemptionBound{0}}, {"gtest shares nothing between threads"}}},

    {"a_file_is_not_instrumented", proving(),
     [](ClaimGrounds& g) { g.unseen.names = {"mylib.cpp"}; },
     open({NotInstrumented{{"mylib.cpp"}}})},
    {"nothing_is_instrumented", proving(),
     [](ClaimGrounds& g) {
       g.unseen.names = {"prog"};
       g.unseen.everything = true;
     },
     open({NotInstrumented{}})},
    {"it_calls_what_is_not_modelled", proving(),
     [](ClaimGrounds& g) {
       g.unseen.unmodelled = {"mprotect()", "swab()"};
     },
     open({CallsNotModelled{{"mprotect()", "swab()"}}})},
    {"it_calls_what_is_not_modelled_from_code_that_is_not_seen", proving(),
     [](ClaimGrounds& g) {
       g.unseen.names = {"mylib.cpp"};
       g.unseen.unmodelled = {"swab()"};
     },
     open({NotInstrumented{{"mylib.cpp"}}, CallsNotModelled{{"swab()"}}})},
    {"runs_gave_up", proving(),
     [](ClaimGrounds& g) {
       g.gave_up = 3;
       g.exploration.limited = true;
     },
     open({RunsGaveUp{3}})},
    {"loops_were_cut_short", proving(), [](ClaimGrounds& g) { g.exploration.limited = true; },
     open({LoopsCutShort{}})},
    {"the_program_does_not_repeat_itself", proving(), [](ClaimGrounds& g) { g.repeatable = false; },
     open({NotRepeatable{}})},
    {"runs_that_share_a_process_differ", proving(), [](ClaimGrounds& g) { g.as_fresh = false; },
     open({NotAsInFreshProcess{}})},
    {"compare_exchange_under_reduction", proving(),
     [](ClaimGrounds& g) {
       g.exploration.reduced = true;
       g.features.compare_exchange = true;
     },
     open({ReducedCompareExchange{}})},
    {"compare_exchange_without_reduction", proving(),
     [](ClaimGrounds& g) { g.features.compare_exchange = true; }, Proved{7}},
    {"reduction_without_compare_exchange", proving(),
     [](ClaimGrounds& g) { g.exploration.reduced = true; }, Proved{7}},
    {"bounds_do_not_outweigh_a_reason", proving(),
     [](ClaimGrounds& g) {
       g.features.weaker_atomics = true;
       g.exploration.limited = true;
     },
     open({LoopsCutShort{}})},

    {"another_engine_has_seen_it_fail", proving(),
     [](ClaimGrounds& g) { g.failed_elsewhere = {EngineKind::stress}; },
     open({FailedElsewhere{{EngineKind::stress}}})},
    {"budgets_are_no_excuse_for_a_failure_elsewhere", proving(),
     [](ClaimGrounds& g) {
       g.failed_elsewhere = {EngineKind::stress};
       g.exploration.reached.spurious_wakes = true;
     },
     open({FailedElsewhere{{EngineKind::stress}}})},
    {"weaker_orders_may_be_what_another_engine_failed_by", proving(),
     [](ClaimGrounds& g) {
       g.failed_elsewhere = {EngineKind::relacy};
       g.features.weaker_atomics = true;
     },
     within({SequentialConsistency{}})},
    {"more_preemptions_may_be_what_another_engine_failed_by", proving(),
     [](ClaimGrounds& g) {
       g.failed_elsewhere = {EngineKind::stress};
       g.exploration.bound = 1;
     },
     within({PreemptionBound{1}})},

    {"relacy_has_a_model_of_its_own", relacy(), [](ClaimGrounds&) {},
     ProvedWithin{20, {RelacyModel{}}}},
    {"relacy_with_few_preemptions", relacy(), [](ClaimGrounds& g) { g.preemption_bound = 3; },
     ProvedWithin{20, {RelacyModel{}, PreemptionBound{3}}}},
    {"relacy_with_what_it_does_once", relacy(),
     [](ClaimGrounds& g) { g.features = {.weak_exchange = true, .condition_wait = true}; },
     ProvedWithin{20, {RelacyModel{}, RelacyChoices{true, true}}}},
    {"relacy_with_yields", relacy(), [](ClaimGrounds& g) { g.features.gives_way = true; },
     ProvedWithin{20, {RelacyModel{}, RelacyYields{}}}},
    {"yields_of_fuzz", proving(), [](ClaimGrounds& g) { g.features.gives_way = true; }, Proved{7}},
    {"clocks_may_be_what_another_engine_failed_by", proving(),
     [](ClaimGrounds& g) {
       g.failed_elsewhere = {EngineKind::stress};
       g.features.own_clocks = true;
     },
     within({OwnClocks{}})},
    {"compare_exchanges_of_clang", proving(),
     [](ClaimGrounds& g) { g.features.unknown_exchange = true; }, within({StrongExchanges{}})},
    {"clang_leaves_parts_of_shared_locals_out", proving(),
     [](ClaimGrounds& g) {
       g.features.shared_locals = true;
       g.unseen.parts_of_locals = true;
     },
     within({PartsOfLocals{}})},
    {"clang_leaves_parts_of_locals_out_that_no_other_thread_uses", proving(),
     [](ClaimGrounds& g) { g.unseen.parts_of_locals = true; }, Proved{7}},
    {"relacy_beside_a_failure_of_fuzz", relacy(),
     [](ClaimGrounds& g) { g.failed_elsewhere = {EngineKind::fuzz}; },
     NotProved{20, {FailedElsewhere{{EngineKind::fuzz}}}}},
    {"relacy_reduces_nothing", relacy(),
     [](ClaimGrounds& g) { g.features = {.weaker_atomics = true, .compare_exchange = true}; },
     ProvedWithin{20, {RelacyModel{}}}},
};

INSTANTIATE_TEST_SUITE_P(grounds, ClaimOf, testing::ValuesIn(kJudged),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace heddle
