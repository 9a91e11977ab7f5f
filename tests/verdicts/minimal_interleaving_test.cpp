// From many failing runs to one interleaving that anybody can see again.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

struct Minimized {
  MinimalInterleaving minimal;
  std::uint64_t key = 0;
};

// Of the assertion of unlocked_counter, as runs with this seed found it.
std::optional<Minimized> minimized(std::uint64_t seed) {
  SearchOptions options = search_options(case_path("unlocked_counter"), EngineKind::fuzz, 2'000);
  options.job.seed = seed;
  const EngineResult result = search_once(options);
  const Finding* finding = find_kind(result, FailureKind::assertion);
  if (finding == nullptr) return std::nullopt;
  Replayer replayer(options.worker, options.lost_ms);
  auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
  if (!minimal.has_value()) return std::nullopt;
  return Minimized{std::move(*minimal), failure_key(finding->failure)};
}

Job replay_job(const Token& token) {
  Job job;
  job.engine = token.engine;
  job.schedule = token.schedule;
  job.relacy_state = token.relacy_state;
  return job;
}

TEST(MinimalInterleaving, lost_update_takes_one_preemption) {
  const auto result = minimized(1);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->minimal.preemptions, 1U);
  EXPECT_EQ(result->minimal.token.schedule.deviations.size(), 1U);
  EXPECT_TRUE(result->minimal.one_minimal);
}

TEST(MinimalInterleaving, number_of_preemptions_is_proved) {
  const auto result = minimized(1);
  ASSERT_TRUE(result.has_value());
  ASSERT_TRUE(result->minimal.proof.has_value());
  // Main starts both and joins the first: of the threads that are ready then either goes first, and
  // the same where the first one has ended and main could go on.
  EXPECT_TRUE(result->minimal.proof->complete);
  EXPECT_EQ(result->minimal.proof->schedules, 3U);
  EXPECT_EQ(result->minimal.proof->failed, 3U) << "the data race is in all of them";
}

TEST(MinimalInterleaving, of_each_case_is_the_same_whatever_the_seed) {
  constexpr std::uint64_t kSeeds = 12;
  for (const std::string name :
       {"unlocked_counter", "atomic_counter", "queue_handoff", "relaxed_publish"}) {
    std::map<std::uint64_t, std::set<std::string>> tokens;  // by failure
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SearchOptions options = search_options(case_path(name), EngineKind::fuzz, 1'000);
      options.job.seed = seed;
      const EngineResult result = search_once(options);
      ASSERT_FALSE(result.findings.empty()) << name << ", seed " << seed;
      Replayer replayer(options.worker, options.lost_ms);
      for (const Finding& finding : result.findings) {
        const auto minimal = minimize(replayer, options.job, finding, kNoTimeLimit);
        ASSERT_TRUE(minimal.has_value()) << name << ", seed " << seed;
        EXPECT_TRUE(minimal->canonical) << name << ", seed " << seed;
        EXPECT_TRUE(minimal->preemptions == 0 ||
                    (minimal->proof.has_value() && minimal->proof->complete))
            << name << ", seed " << seed;
        const std::uint64_t key = failure_key(finding.failure);
        tokens[key].insert(to_text(minimal->token));
        // Fails in the same way, not merely somehow.
        const auto run = replayer.replay(replay_job(minimal->token));
        ASSERT_TRUE(std::holds_alternative<JobDone>(run));
        EXPECT_TRUE(shows_failure(std::get<JobDone>(run), key)) << name << ", seed " << seed;
      }
    }
    for (const auto& [key, different] : tokens) {
      EXPECT_EQ(different.size(), 1U) << name << ": " << testing::PrintToString(different);
    }
  }
}

// What shrinking finds may still have a preemption more than it takes.
TEST(MinimalInterleaving, with_fewer_preemptions_takes_the_place_of_the_one_found) {
  SearchOptions options = search_options(program_path("long_run"), EngineKind::fuzz, 1);
  Replayer replayer(options.worker, options.lost_ms);
  Job job = replay_job(Token{});
  // Both threads are interrupted, where either would do.
  job.schedule.deviations = {{1, 4, 2}, {2, 4, 1}};
  const auto run = replayer.replay(job);
  ASSERT_TRUE(std::holds_alternative<JobDone>(run));
  const auto& outcome = std::get<JobDone>(run).outcome;
  ASSERT_TRUE(outcome.has_value() && std::holds_alternative<Failed>(*outcome));
  Finding finding;
  finding.failure = std::get<Failed>(*outcome);
  finding.token = Token{EngineKind::fuzz, job.schedule, ""};
  MinimizeLimits limits = kNoTimeLimit;
  limits.max_runs = 1;  // no shrinking
  const auto minimal = minimize(replayer, options.job, finding, limits);
  ASSERT_TRUE(minimal.has_value());
  EXPECT_EQ(minimal->preemptions, 1U);
  ASSERT_TRUE(minimal->proof.has_value());
  EXPECT_TRUE(minimal->proof->complete);
}

TEST(MinimalInterleaving, is_the_same_whatever_the_seed_found_first) {
  std::set<std::string> tokens;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto result = minimized(seed);
    ASSERT_TRUE(result.has_value()) << "seed " << seed;
    EXPECT_EQ(result->minimal.preemptions, 1U) << "seed " << seed;
    EXPECT_TRUE(result->minimal.one_minimal) << "seed " << seed;
    tokens.insert(to_text(result->minimal.token));
  }
  EXPECT_EQ(tokens.size(), 1U) << testing::PrintToString(tokens);
}

// Found, it had a spurious wake-up, and four deviations.
TEST(MinimalInterleaving, needs_nothing_of_the_outside_world_where_the_threads_alone_will_do) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SearchOptions options =
        search_options(case_path("flag_outside_mutex"), EngineKind::fuzz, 3'000);
    options.job.seed = seed;
    const EngineResult result = search_once(options);
    const Finding* finding = find_kind(result, FailureKind::lost_wakeup);
    ASSERT_NE(finding, nullptr) << "seed " << seed;
    Replayer replayer(options.worker, options.lost_ms);
    const auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
    ASSERT_TRUE(minimal.has_value()) << "seed " << seed;
    EXPECT_EQ(minimal->outside_choices, 0U) << "seed " << seed;
    EXPECT_EQ(minimal->token.schedule.deviations.size(), 2U) << "seed " << seed;
    EXPECT_TRUE(minimal->fewest_deviations) << "seed " << seed;
    EXPECT_TRUE(minimal->canonical) << "seed " << seed;
  }
}

TEST(MinimalInterleaving, says_of_an_early_timeout_that_it_takes_one) {
  SearchOptions options =
      search_options(program_path("any/gcc/mutex_timedlock"), EngineKind::fuzz, 2'000);
  const EngineResult result = search_once(options);
  ASSERT_FALSE(result.findings.empty());
  Replayer replayer(options.worker, options.lost_ms);
  const auto minimal = minimize(replayer, options.job, result.findings.front(), kNoTimeLimit);
  ASSERT_TRUE(minimal.has_value());
  EXPECT_EQ(minimal->outside_choices, 1U);
  ASSERT_TRUE(minimal->choices_proof.has_value());
  EXPECT_TRUE(minimal->choices_proof->complete);
  EXPECT_EQ(minimal->choices_proof->failed, 0U);
}

TEST(MinimalInterleaving, of_relacy_is_the_first_of_its_searches_by_depth) {
  struct Least {
    const char* name;
    unsigned choices;
    unsigned preemptions;
  };
  // A load that sees an older store is a choice, and what a release is missing for needs none.
  for (const auto& [name, choices, preemptions] :
       {Least{"store_buffering", 1, 0}, Least{"dekker", 1, 1}, Least{"relaxed_publish", 0, 0}}) {
    std::set<std::string> tokens;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      SearchOptions options = search_options(case_path(name), EngineKind::relacy, 2'000);
      options.job.seed = seed;
      const EngineResult result = search_once(options);
      ASSERT_FALSE(result.findings.empty()) << name;
      const Finding& finding = result.findings.front();
      Replayer replayer(options.worker, options.lost_ms);
      const auto minimal = minimize(replayer, options.job, finding, kNoTimeLimit);
      ASSERT_TRUE(minimal.has_value()) << name;
      EXPECT_EQ(minimal->outside_choices, choices) << name;
      EXPECT_EQ(minimal->preemptions, preemptions) << name;
      if (preemptions > 0) {
        ASSERT_TRUE(minimal->proof.has_value()) << name;
        EXPECT_TRUE(minimal->proof->complete) << name;
      }
      tokens.insert(to_text(minimal->token));
      const auto run = replayer.replay(replay_job(minimal->token));
      ASSERT_TRUE(std::holds_alternative<JobDone>(run)) << name;
      EXPECT_TRUE(shows_failure(std::get<JobDone>(run), failure_key(finding.failure))) << name;
    }
    EXPECT_EQ(tokens.size(), 1U) << name << ": " << testing::PrintToString(tokens);
  }
}

TEST(MinimalInterleaving, marks_the_two_accesses_of_a_race_and_nothing_else) {
  // Each race with the operation that comes second: a free, a destruction, plain and atomic
  // accesses.
  const std::map<std::string, OpKind> seconds = {{"heap_use_after_free", OpKind::heap_free},
                                                 {"life_atomic_freed", OpKind::heap_free},
                                                 {"race_two_reads", OpKind::read}};
  for (const auto& [program, second] : seconds) {
    SCOPED_TRACE(program);
    SearchOptions options =
        search_options(program_path("any/gcc/" + program), EngineKind::fuzz, 1'000);
    const EngineResult result = search_once(options);
    const Finding* finding = find_kind(result, FailureKind::data_race);
    ASSERT_NE(finding, nullptr);
    Replayer replayer(options.worker, options.lost_ms);
    const auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
    ASSERT_TRUE(minimal.has_value());
    std::vector<Event> racy;
    for (const Event& event : minimal->trace.events) {
      if (event.racy) racy.push_back(event);
    }
    ASSERT_EQ(racy.size(), 2U);
    EXPECT_NE(racy[0].thread, racy[1].thread);
    EXPECT_EQ(to_string(racy[1].op.kind), to_string(second));
  }
}

TEST(Token, fails_alike_in_100_of_100_new_processes) {
  const auto result = minimized(1);
  ASSERT_TRUE(result.has_value());
  const auto token = parse_token(to_text(result->minimal.token));
  ASSERT_TRUE(std::holds_alternative<Token>(token));
  const SearchOptions options = search_options(case_path("unlocked_counter"), EngineKind::fuzz, 1);
  int shown = 0;
  for (int i = 0; i < 100; ++i) {
    Replayer replayer(options.worker, options.lost_ms);
    const auto run = replayer.replay(replay_job(std::get<Token>(token)));
    ASSERT_TRUE(std::holds_alternative<JobDone>(run)) << std::get<StartError>(run).message;
    if (shows_failure(std::get<JobDone>(run), result->key)) ++shown;
  }
  EXPECT_EQ(shown, 100);
}

TEST(Token, of_relacy_fails_alike_in_new_processes) {
  const SearchOptions options =
      search_options(case_path("atomic_counter"), EngineKind::relacy, 2'000);
  const EngineResult result = search_once(options);
  const Finding* finding = find_kind(result, FailureKind::assertion);
  ASSERT_NE(finding, nullptr);
  ASSERT_TRUE(finding->token.has_value());
  const auto token = parse_token(to_text(*finding->token));
  ASSERT_TRUE(std::holds_alternative<Token>(token)) << std::get<TokenError>(token).message;
  int shown = 0;
  for (int i = 0; i < 20; ++i) {
    Replayer replayer(options.worker, options.lost_ms);
    const auto run = replayer.replay(replay_job(std::get<Token>(token)));
    ASSERT_TRUE(std::holds_alternative<JobDone>(run)) << std::get<StartError>(run).message;
    if (shows_failure(std::get<JobDone>(run), failure_key(finding->failure))) ++shown;
  }
  EXPECT_EQ(shown, 20);
}

TEST(Token, holds_for_a_build_in_another_folder) {
  const auto result = minimized(1);
  ASSERT_TRUE(result.has_value());
  const TemporaryFolder folder;
  const std::string source = folder / "elsewhere.cpp";
  std::filesystem::copy_file(HEDDLE_TEST_SOURCE_DIR "/cases/data_race/unlocked_counter.cpp",
                             source);
  const std::string program = folder / "elsewhere";
  std::vector<std::string> command = {HEDDLE_TEST_CXX, "-g", "-O1",  "-fsanitize=thread",
                                      source,          "-o", program};
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    command.emplace_back("-shared-libsan");
  }
  const Ended built = run_process(command);
  ASSERT_EQ(built.status, 0) << built.err;
  const SearchOptions options = search_options(program, EngineKind::fuzz, 1);
  Replayer replayer(options.worker, options.lost_ms);
  const auto run = replayer.replay(replay_job(result->minimal.token));
  ASSERT_TRUE(std::holds_alternative<JobDone>(run)) << std::get<StartError>(run).message;
  const auto& outcome = std::get<JobDone>(run).outcome;
  ASSERT_TRUE(outcome.has_value());
  ASSERT_TRUE(std::holds_alternative<Failed>(*outcome));
  EXPECT_EQ(std::get<Failed>(*outcome).kind, FailureKind::assertion);
}

TEST(Token, without_deviations_passes_where_the_default_order_does) {
  const SearchOptions options = search_options(case_path("atomic_counter"), EngineKind::fuzz, 1);
  Replayer replayer(options.worker, options.lost_ms);
  const auto run = replayer.replay(replay_job(Token{}));
  ASSERT_TRUE(std::holds_alternative<JobDone>(run)) << std::get<StartError>(run).message;
  const auto& done = std::get<JobDone>(run);
  ASSERT_TRUE(done.outcome.has_value());
  EXPECT_TRUE(std::holds_alternative<Passed>(*done.outcome));
  EXPECT_TRUE(done.reports.empty());
}

}  // namespace
}  // namespace heddle::verdicts
