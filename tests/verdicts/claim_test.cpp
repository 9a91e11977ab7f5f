// What is claimed of real programs: no more than was shown, and with its conditions.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::string claims_path(const std::string& name) {
  return program_path("claims/" + name);
}

EngineResult searched(const std::string& program, const std::string& strategy) {
  SearchOptions options = search_options(program, EngineKind::fuzz, 50'000);
  options.job.strategy = strategy;
  EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or("none"), "none") << program;
  return result;
}

EngineResult searched_in_full_by_relacy(const std::string& program, const std::string& search) {
  SearchOptions options = search_options(program, EngineKind::relacy, 1'000'000);
  options.job.relacy_search = search;
  EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or("none"), "none") << program;
  EXPECT_TRUE(result.exhausted) << program;
  return result;
}

template <typename Bound>
bool has_bound(const Claim& claim) {
  const std::vector<ClaimBound> bounds = bounds_of(claim);
  return std::any_of(bounds.begin(), bounds.end(),
                     [](const ClaimBound& bound) { return std::holds_alternative<Bound>(bound); });
}

TEST(Claim, of_a_program_with_mutexes_has_no_bounds) {
  for (const char* strategy : {"auto", "dpor", "dfs"}) {
    const EngineResult result = searched(case_path("mutex_counter"), strategy);
    EXPECT_TRUE(result.exhausted) << strategy;
    EXPECT_EQ(result.claim, Claim(Proved{2})) << strategy;
  }
}

TEST(Claim, of_weaker_atomics_is_one_of_sequential_consistency) {
  for (const char* strategy : {"auto", "dpor", "dfs"}) {
    const EngineResult result = searched(claims_path("store_buffering"), strategy);
    EXPECT_TRUE(result.exhausted) << strategy;
    EXPECT_TRUE(has_bound<SequentialConsistency>(result.claim)) << strategy;
  }
  EXPECT_GT(
      search_once(search_options(claims_path("store_buffering"), EngineKind::relacy, 1'000)).failed,
      0U);
}

TEST(Claim, counts_orders_in_the_headers_of_the_standard_library) {
  const EngineResult result = searched(claims_path("shared_pointer"), "dpor");
  EXPECT_TRUE(result.features.weaker_atomics);
  EXPECT_FALSE(has_bound<RelacyModel>(result.claim));
}

TEST(Claim, holds_of_compare_exchange_under_reduction) {
  for (const char* strategy : {"dpor", "auto", "dfs"}) {
    const EngineResult result = searched(claims_path("compare_exchange"), strategy);
    EXPECT_TRUE(result.exhausted) << strategy;
    EXPECT_EQ(result.claim, Claim(Proved{2})) << strategy;
    EXPECT_FALSE(result.features.weaker_atomics) << strategy;
  }
}

// One byte of what is compared is stored by itself: what the exchange would find elsewhere is not
// worked out.
TEST(Claim, is_none_of_compare_exchange_beside_accesses_to_a_part_of_it) {
  const EngineResult dpor = searched(claims_path("compare_exchange_part"), "dpor");
  ASSERT_TRUE(std::holds_alternative<NotProved>(dpor.claim));
  EXPECT_EQ(std::get<NotProved>(dpor.claim).reasons,
            (std::vector<NotProvedReason>{ReducedCompareExchange{}}));
  // Its search is at its end and proves nothing: the sampling has to make all of its runs.
  const EngineResult sampled = searched(claims_path("compare_exchange_part"), "auto");
  EXPECT_FALSE(sampled.exhausted);
  EXPECT_EQ(sampled.runs, 50'000U);
  EXPECT_TRUE(
      std::holds_alternative<Proved>(searched(claims_path("compare_exchange_part"), "dfs").claim));
}

TEST(Claim, counts_the_order_of_a_compare_exchange_that_fails) {
  const EngineResult result = searched(claims_path("weaker_failure"), "dfs");
  EXPECT_TRUE(has_bound<SequentialConsistency>(result.claim));
}

TEST(Claim, of_a_condition_variable_is_bound_to_the_spurious_wake_ups_that_were_tried) {
  for (const char* strategy : {"dpor", "dfs:bound=2"}) {
    const EngineResult result = searched(case_path("queue_handoff.fixed"), strategy);
    EXPECT_TRUE(has_bound<SpuriousWakeBound>(result.claim)) << strategy;
    EXPECT_FALSE(has_bound<EarlyTimeoutBound>(result.claim)) << strategy;
    EXPECT_EQ(has_bound<PreemptionBound>(result.claim), std::string(strategy) != "dpor");
  }
}

TEST(Claim, of_timed_waits_is_bound_to_the_early_timeouts_that_were_tried) {
  EXPECT_TRUE(has_bound<EarlyTimeoutBound>(searched(claims_path("timed_waits"), "dpor").claim));
}

TEST(Claim, of_relacy_is_one_of_its_model) {
  const EngineResult full = searched_in_full_by_relacy(claims_path("load_buffering"), "full");
  EXPECT_EQ(full.claim, Claim(ProvedWithin{full.runs, {RelacyModel{}}}));
  const EngineResult bounded = searched_in_full_by_relacy(claims_path("load_buffering"), "bound:1");
  EXPECT_EQ(bounded.claim, Claim(ProvedWithin{bounded.runs, {RelacyModel{}, PreemptionBound{1}}}));
}

// Of older stores that loads may see none, one, two.
TEST(Claim, of_relacy_is_bound_to_the_choices_that_were_tried) {
  std::uint64_t fewer = 0;
  for (const char* search : {"full,choices:0", "full,choices:1", "full,choices:2"}) {
    const EngineResult result = searched_in_full_by_relacy(claims_path("store_buffering"), search);
    EXPECT_GT(result.runs, fewer) << search;
    fewer = result.runs;
  }
  EXPECT_EQ(fewer, searched_in_full_by_relacy(claims_path("store_buffering"), "full").runs);
}

TEST(Claim, of_relacy_says_what_its_search_does_once) {
  const EngineResult full = searched_in_full_by_relacy(claims_path("both_fail"), "full");
  // clang does not say which compare-exchanges are weak.
  EXPECT_TRUE(has_bound<RelacyChoices>(full.claim) || has_bound<StrongExchanges>(full.claim));
  const EngineResult fuzz = searched(claims_path("both_fail"), "dpor");
  EXPECT_EQ(has_bound<StrongExchanges>(fuzz.claim), has_bound<StrongExchanges>(full.claim));
}

// Beside it the random one finds what the search by depth cannot come to.
TEST(Claim, of_relacy_says_that_who_yields_goes_on_after_others) {
  const EngineResult full = searched_in_full_by_relacy(claims_path("polled_ten_times"), "full");
  EXPECT_TRUE(has_bound<RelacyYields>(full.claim));
  EXPECT_FALSE(has_bound<RelacyYields>(
      searched_in_full_by_relacy(claims_path("load_buffering"), "full").claim));
}

// The search beside the sampling begins with executions that wait and are cut short, of which there
// is no forecast.
TEST(Claim, is_come_to_by_auto_where_loops_wait) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SearchOptions options = search_options(claims_path("peterson_plain"), EngineKind::fuzz, 5'000);
    options.job.strategy = "auto";
    options.job.seed = seed;
    const EngineResult result = search_once(options);
    EXPECT_TRUE(is_proof(result.claim)) << "seed " << seed;
  }
}

TEST(Claim, of_two_threads_that_look_at_a_clock_is_bound_to_clocks_of_their_own) {
  for (const char* strategy : {"auto", "dpor", "dfs"}) {
    const Claim claim = searched(claims_path("stamped"), strategy).claim;
    EXPECT_TRUE(has_bound<OwnClocks>(claim)) << strategy;
  }
  EXPECT_FALSE(has_bound<OwnClocks>(searched(case_path("mutex_counter"), "dpor").claim));
}

// Each thread counts the looks that it has before it sleeps.
TEST(Claim, is_made_of_semaphores_of_the_standard_library) {
  const EngineResult result = searched(program_path("any/gcc/semaphore_handshake.fixed"), "dpor");
  EXPECT_TRUE(is_proof(result.claim));
}

// Its rounds are alike but for how the thread calculates.
TEST(Claim, knows_the_modes_of_floating_point) {
  EXPECT_GT(searched(program_path("any/gcc/rounding_mode"), "dpor").failed, 0U);
}

// Half of the runs hand out freed memory at once.
TEST(Claim, is_none_where_stress_finds_an_address_taken_for_an_object) {
  const EngineResult stress =
      search_once(search_options(claims_path("address_for_object"), EngineKind::stress, 100));
  EXPECT_GE(stress.failed, 40U);
  EXPECT_LT(stress.failed, 60U);
}

// On its way to the claim that is a flag of the strategy's, of its saved state and of a message.
TEST(Claim, is_none_where_loops_were_cut_short) {
  for (const char* strategy : {"auto", "dpor", "dfs:bound=1"}) {
    SearchOptions options = search_options(claims_path("counted_looks"), EngineKind::fuzz, 2'000);
    options.job.strategy = strategy;
    options.job.step_limit = 20'000;
    const EngineResult result = search_once(options);
    EXPECT_FALSE(is_proof(result.claim)) << strategy;
    ASSERT_TRUE(result.exploration.has_value()) << strategy;
    EXPECT_TRUE(result.exploration->limited) << strategy;
  }
}

TEST(Claim, of_random_runs_is_none) {
  SearchOptions options = search_options(case_path("mutex_counter"), EngineKind::fuzz, 1'000);
  options.job.strategy = "random";
  EXPECT_EQ(search_once(options).claim, Claim(NothingClaimed{NothingClaimed::Why::not_ended}));
}

TEST(Claim, of_minimality_has_the_same_bounds) {
  SearchOptions options = search_options(case_path("atomic_counter"), EngineKind::fuzz, 2'000);
  const EngineResult result = search_once(options);
  const Finding* finding = find_kind(result, FailureKind::assertion);
  ASSERT_NE(finding, nullptr);
  Replayer replayer(options.worker, options.lost_ms);
  const auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
  ASSERT_TRUE(minimal.has_value() && minimal->proof.has_value());
  EXPECT_TRUE(is_proof(minimal->proof->claim));
  EXPECT_TRUE(has_bound<PreemptionBound>(minimal->proof->claim));
  EXPECT_EQ(has_bound<SequentialConsistency>(minimal->proof->claim),
            result.features.weaker_atomics);
}

// The command's words and its report for programs, of several engines together.
class ClaimInReport : public testing::Test {
 protected:
  nlohmann::json report_of(const std::string& program, const std::vector<std::string>& options) {
    const std::string json = folder_ / "out.json";
    std::vector<std::string> args = {"run", program, "--expect", "any", "--report", "json:" + json};
    args.insert(args.end(), options.begin(), options.end());
    const Ended ended = heddle_command(args);
    EXPECT_EQ(ended.status, 0) << ended.err;
    text_ = ended.out;
    std::ifstream file(json);
    return nlohmann::json::parse(file).at("cases").at(0);
  }

  TemporaryFolder folder_;
  std::string text_;
};

TEST_F(ClaimInReport, says_sequentially_consistent_beside_a_failure_of_relacy) {
  const auto result =
      report_of(claims_path("store_buffering"), {"--engine", "fuzz,relacy", "--runs", "2000"});
  const auto& fuzz = result.at("engines").at(0);
  const auto& relacy = result.at("engines").at(1);
  EXPECT_GT(relacy.at("failed"), 0);
  EXPECT_EQ(relacy.at("proved"), false);
  EXPECT_EQ(relacy.at("not_proved").at(0).at("reason"), "failed");
  EXPECT_EQ(fuzz.at("proved"), true);
  EXPECT_EQ(fuzz.at("bounds").at(0).at("bound"), "sequentially_consistent");
  EXPECT_NE(text_.find(" sequentially consistent pass"), std::string::npos) << text_;
}

TEST_F(ClaimInReport, doubts_a_proof_where_another_engine_has_seen_a_failure) {
  // Its assertion hangs on real time, which passes under stress alone.
  const auto result = report_of(program_path("real_time"),
                                {"--engine", "stress,fuzz", "--runs", "2000", "--hunt-runs", "0"});
  const auto& stress = result.at("engines").at(0);
  const auto& fuzz = result.at("engines").at(1);
  EXPECT_EQ(stress.at("not_proved").at(0).at("reason"), "failed");
  EXPECT_EQ(fuzz.at("exhausted"), true);
  EXPECT_EQ(fuzz.at("proved"), false);
  EXPECT_EQ(fuzz.at("not_proved").at(0).at("reason"), "failed_elsewhere");
  EXPECT_NE(text_.find("not a proof: it fails under stress"), std::string::npos) << text_;
}

TEST_F(ClaimInReport, tells_the_assertion_before_the_race_that_leads_to_it) {
  for (const std::string& program :
       {case_path("unlocked_counter"), program_path("claims/seldom_behind_a_race")}) {
    const auto result = report_of(program, {"--engine", "fuzz", "--runs", "2000"});
    const auto& findings = result.at("engines").at(0).at("findings");
    ASSERT_GE(findings.size(), 2U) << findings;
    EXPECT_EQ(findings.at(0).at("kind"), "assertion failed");
    EXPECT_FALSE(findings.at(0).at("minimal").is_null());
    EXPECT_EQ(findings.back().at("kind"), "data race");
    EXPECT_LT(text_.find("assertion failed"), text_.find("data race on"));
  }
}

TEST_F(ClaimInReport, has_what_needs_a_late_wake_up_apart) {
  const std::string program = program_path("any/gcc/deadline_wait_for.fixed");
  if (!std::filesystem::exists(program)) GTEST_SKIP() << program << " is not built";
  const auto result = report_of(program, {"--engine", "fuzz", "--runs", "2000"});
  const auto& engine = result.at("engines").at(0);
  EXPECT_EQ(engine.at("failed"), 0);
  EXPECT_TRUE(engine.at("findings").empty()) << "who reads this takes them for failures";
  ASSERT_FALSE(engine.at("late_findings").empty());
  EXPECT_EQ(engine.at("late_findings").at(0).at("late_wake_up"), true);
}

TEST_F(ClaimInReport, forgets_no_failure_of_an_earlier_part) {
  bool failed = false;
  for (int part = 0; part < 20; ++part) {
    const auto result = report_of(
        case_path("atomic_counter"),
        {"--engine", "fuzz", "--strategy", "dpor", "--runs", "1", "--resume", folder_ / "search"});
    const auto& engine = result.at("engines").at(0);
    if (engine.at("exhausted") == false) {
      failed |= engine.at("failed") > 0;
      continue;
    }
    EXPECT_TRUE(failed && engine.at("failed") == 0) << "this shows nothing";
    EXPECT_EQ(engine.at("proved"), false);
    EXPECT_EQ(engine.at("not_proved").at(0).at("reason"), "failed");
    return;
  }
  FAIL() << "the search does not end";
}

// A run that a search leaves out may be the first to show a race. Nobody is told of such a run, and
// the next to show it is to say what it is.
TEST(Claim, failures_that_count_are_described_whatever_runs_were_left_out) {
  for (const char* strategy : {"dpor", "auto"}) {
    SCOPED_TRACE(strategy);
    SearchOptions options = search_options(program_path("plain_peterson"), EngineKind::fuzz, 500);
    options.job.strategy = strategy;
    options.job.step_limit = 20'000;
    const EngineResult result = search_once(options);
    EXPECT_FALSE(result.findings.empty());
    for (const Finding& finding : result.findings) {
      EXPECT_EQ(finding.failure.kind, FailureKind::data_race) << to_string(finding.failure.kind);
      EXPECT_EQ(finding.failure.places.size(), 2U);
    }
  }
}

// Whose time was up was drawn although it was held back, and nobody went on: a crash of Relacy's.
TEST(Claim, two_waits_with_a_limit_of_time_are_searched_in_full) {
  for (const char* search : {"full", "bound:2"}) {
    SCOPED_TRACE(search);
    const EngineResult result =
        searched_in_full_by_relacy(program_path("any/gcc/two_timed_waits.fixed"), search);
    EXPECT_GT(result.runs, 400U);
    EXPECT_EQ(result.failed, 0U);
  }
}

}  // namespace
}  // namespace heddle::verdicts
