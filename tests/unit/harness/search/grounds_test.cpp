#include "harness/search/grounds.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

EngineResult searched(EngineKind engine) {
  EngineResult result;
  result.engine = engine;
  result.runs = 7;
  result.exhausted = true;
  result.exploration =
      Exploration{.complete = true, .executions = 7, .distinct = 7, .bound = Exploration::kNoBound};
  return result;
}

TEST(Grounds, of_real_threads_are_none) {
  EngineResult result;
  result.engine = EngineKind::stress;
  result.runs = 10'000;
  EXPECT_EQ(claim_of(grounds_of(result)), Claim(NothingClaimed{NothingClaimed::Why::not_ended}));
}

TEST(Grounds, parts_of_a_resumed_search_count_together) {
  EngineResult result = searched(EngineKind::fuzz);
  EXPECT_EQ(claim_of(grounds_of(result)), Claim(Proved{7}));
  result.earlier.failed = 1;
  EXPECT_EQ(claim_of(grounds_of(result)), Claim(NothingClaimed{NothingClaimed::Why::failed}));
  result.earlier = {.repeatable = false};
  EXPECT_EQ(claim_of(grounds_of(result)), Claim(NotProved{7, {NotRepeatable{}}}));
}

TEST(SettleClaims, a_failure_of_one_engine_is_a_reason_to_doubt_the_others) {
  std::vector<EngineResult> results = {searched(EngineKind::stress), searched(EngineKind::fuzz)};
  results[0].exhausted = false;
  settle_claims(results, {});
  EXPECT_EQ(results[1].claim, Claim(Proved{7}));
  results[0].failed = 1;
  results[0].findings.resize(1);
  results[0].findings[0].failure.kind = FailureKind::lock_inversion;
  settle_claims(results, {});
  EXPECT_EQ(results[1].claim, Claim(Proved{7})) << "a warning";
  results[0].findings[0].failure.kind = FailureKind::deadlock;
  settle_claims(results, {});
  EXPECT_EQ(results[0].claim, Claim(NothingClaimed{NothingClaimed::Why::failed}));
  EXPECT_EQ(results[1].claim, Claim(NotProved{7, {FailedElsewhere{{EngineKind::stress}}}}));
}

TEST(SettleClaims, calls_that_are_not_modelled_are_a_reason_for_all_engines) {
  std::vector<EngineResult> results = {searched(EngineKind::fuzz), searched(EngineKind::relacy)};
  results[1].instrumentation.unmodelled = {"mprotect()"};
  settle_claims(results, unseen_in(results));
  for (const EngineResult& result : results) {
    const auto* open = std::get_if<NotProved>(&result.claim);
    ASSERT_NE(open, nullptr);
    EXPECT_EQ(open->reasons, std::vector<NotProvedReason>{CallsNotModelled{{"mprotect()"}}});
  }
}

TEST(SettleClaims, unseen_code_is_a_reason_for_engines_and_for_minimal_interleavings) {
  std::vector<EngineResult> results = {searched(EngineKind::fuzz)};
  Finding finding;
  finding.minimal.emplace();
  finding.minimal->proof.emplace();
  finding.minimal->proof->grounds = grounds_of(results[0]);
  Finding hunted;
  hunted.hunt.emplace();
  hunted.hunt->minimal = finding.minimal;
  results[0].findings = {finding, hunted};
  const NotProved open{7, {NotInstrumented{{"mylib.cpp"}}}};
  settle_claims(results, {.names = {"mylib.cpp"}});
  EXPECT_EQ(results[0].claim, Claim(open));
  EXPECT_EQ(results[0].findings[0].minimal->proof->claim, Claim(open));
  EXPECT_EQ(results[0].findings[1].hunt->minimal->proof->claim, Claim(open));
}

}  // namespace
}  // namespace heddle
