// A run that gave up gets a token by which it gives up again, in the same loop.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/search/limit.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr std::uint64_t kStepLimit = 300'000;

SearchOptions limited(const std::string& program, std::uint64_t runs) {
  SearchOptions options = search_options(program_path(program), EngineKind::fuzz, runs);
  options.job.strategy = "random";
  options.job.step_limit = kStepLimit;
  return options;
}

std::optional<LimitRun> find_in(const SearchOptions& options, const LimitSearch& how = {}) {
  const SearchOutcome outcome = search(options, {});
  EXPECT_TRUE(outcome.result.limit.has_value());
  if (!outcome.result.limit.has_value()) return std::nullopt;
  Replayer replayer(options.worker, options.lost_ms);
  return find_limit_run(replayer, options.job, *outcome.result.limit, outcome.limit_beginning, how);
}

JobDone replayed(const SearchOptions& options, Job job) {
  Replayer replayer(options.worker, options.lost_ms);
  auto run = replayer.replay(std::move(job));
  auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr) {
    ADD_FAILURE() << std::get<StartError>(run).message;
    return {};
  }
  return std::move(*done);
}

TEST(LimitRun, a_spin_of_many_deviations_is_found_again_by_the_one_that_led_there) {
  const SearchOptions options = limited("lost_ticket", 60);
  const SearchOutcome outcome = search(options, {});
  ASSERT_GT(outcome.result.gave_up, 0U);
  ASSERT_LT(outcome.result.gave_up, outcome.result.runs) << "the order decides";
  EXPECT_EQ(outcome.limit_beginning.deviations.size(), LimitReached::kDeviations);
  const auto found = find_in(options);
  ASSERT_TRUE(found.has_value());
  // Without any, no update is lost.
  EXPECT_EQ(found->schedule.deviations.size(), 1U);

  Job job = options.job;
  job.schedule = found->schedule;
  const JobDone done = replayed(options, job);
  ASSERT_TRUE(done.outcome.has_value());
  const auto* limit = std::get_if<GaveUp>(&*done.outcome);
  ASSERT_NE(limit, nullptr);
  EXPECT_EQ(limit->places, found->limit.places);
  EXPECT_EQ(limit->reason, found->limit.reason);
  EXPECT_EQ(done.steps, kStepLimit + 1);
}

TEST(LimitRun, is_the_same_whichever_worker_came_first) {
  SearchOptions options = limited("lost_ticket", 60);
  const auto by_one = find_in(options);
  options.workers = 2;
  const auto by_two = find_in(options);
  ASSERT_TRUE(by_one.has_value() && by_two.has_value());
  EXPECT_EQ(by_two->schedule, by_one->schedule);
  EXPECT_EQ(by_two->limit.places, by_one->limit.places);
}

TEST(LimitRun, is_found_where_the_loop_begins_later_than_is_tried_first) {
  const LimitSearch at_once{.quick_step_limit = 1, .later = 1};
  // Nobody is in a loop after a step. Then there are only the whole of it, which is too much, and
  // the default order.
  EXPECT_FALSE(find_in(limited("lost_ticket", 60), at_once).has_value());
  const auto endless = find_in(limited("endless_turns", 1), at_once);
  ASSERT_TRUE(endless.has_value());
  EXPECT_TRUE(endless->schedule.deviations.empty());
  const auto found =
      find_in(limited("lost_ticket", 60), {.quick_step_limit = 1, .later = kStepLimit});
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->schedule.deviations.empty());
}

TEST(LimitRun, with_too_many_deviations_is_none) {
  EXPECT_FALSE(find_in(limited("lost_ticket", 60), {.most_deviations = 0}).has_value());
}

TEST(LimitRun, another_loop_is_not_taken_for_it) {
  const SearchOptions options = limited("endless_turns", 1);
  SearchOutcome outcome = search(options, {});
  ASSERT_TRUE(outcome.result.limit.has_value());
  for (Place& place : outcome.result.limit->places) place.op.pc += 1;
  Replayer replayer(options.worker, options.lost_ms);
  EXPECT_FALSE(find_limit_run(replayer, options.job, *outcome.result.limit, {}, {}).has_value());
}

TEST(Livelock, is_none_while_another_thread_works_and_ends_it) {
  SearchOptions options = search_options(program_path("long_hand_over"), EngineKind::fuzz, 20);
  for (const char* const strategy : {"random", "pos", "pct:depth=3"}) {
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 20U);
    EXPECT_EQ(result.failed, 0U);
  }
}

TEST(Livelock, is_none_where_a_signal_is_to_come) {
  SearchOptions options = search_options(program_path("alarm_ends_it"), EngineKind::fuzz, 5);
  options.job.strategy = "random";
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 5U);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) ADD_FAILURE() << finding.failure.message;
}

TEST(Livelock, is_looked_for_without_touching_memory_that_is_gone) {
  SearchOptions options = search_options(program_path("unmapped_rounds"), EngineKind::fuzz, 2);
  options.job.strategy = "random";
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 2U);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) ADD_FAILURE() << finding.failure.message;
}

// Its log of steps was full before the first that another process has as well.
TEST(LongStart, is_compared_with_a_fresh_process_and_has_no_limit) {
  for (const char* const strategy : {"auto", "dpor", "random"}) {
    SearchOptions options = search_options(program_path("long_start"), EngineKind::fuzz, 100);
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.failed, 0U);
    EXPECT_EQ(result.gave_up, 0U);
    EXPECT_FALSE(result.not_as_fresh.has_value()) << strategy;
    EXPECT_FALSE(result.divergence.has_value()) << strategy;
  }
  for (const EngineKind engine : {EngineKind::fuzz, EngineKind::relacy}) {
    SearchOptions options = search_options(program_path("long_start"), engine, 5);
    options.worker.args = {"longer"};
    options.job.step_limit = 1'000'000;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.gave_up, 0U);
    EXPECT_EQ(result.failed, 0U);
  }
}

// A search that follows each step was told no more of the run once a state had come again, and took
// what the run did from then on for nothing.
TEST(Livelock, looked_for_in_a_run_that_ends_leaves_no_proof) {
  SearchOptions options = search_options(program_path("lockstep"), EngineKind::fuzz, 1);
  for (const char* const strategy : {"dpor", "dfs"}) {
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.gave_up, 0U) << "it ends while the states are looked for";
    ASSERT_TRUE(result.exploration.has_value());
    EXPECT_TRUE(result.exploration->limited) << strategy;
  }
}

TEST(Livelock, is_none_in_a_loop_that_looks_under_a_mutex) {
  SearchOptions options = search_options(program_path("polled_wait"), EngineKind::fuzz, 100);
  options.job.strategy = "dpor";
  const EngineResult result = search_once(options);
  EXPECT_GT(result.failed, 0U);
  EXPECT_FALSE(result.not_as_fresh.has_value());
}

// It may wake up any time, which needs no order of the others; but it has been notified by now.
TEST(Livelock, is_none_where_a_notified_thread_only_has_to_get_the_mutex) {
  SearchOptions options =
      search_options(program_path("any/gcc/notified_while_polled.fixed"), EngineKind::fuzz, 500);
  if (!std::filesystem::exists(options.worker.program)) GTEST_SKIP() << "not built with g++";
  for (const char* const strategy : {"pct:depth=3", "surw"}) {
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.failed, 0U) << strategy;
    EXPECT_EQ(result.gave_up, 0U) << strategy;
  }
}

// A round that takes a mutex is left out only where nobody can tell: who tries may not get it.
TEST(Rounds, are_followed_where_a_thread_tries_to_take_the_mutex) {
  SearchOptions options =
      search_options(program_path("any/gcc/tried_while_polled"), EngineKind::fuzz, 20);
  if (!std::filesystem::exists(options.worker.program)) GTEST_SKIP() << "not built with g++";
  for (const char* const strategy : {"dpor", "dpor:order=random"}) {
    options.job.strategy = strategy;
    EXPECT_GT(search_once(options).failed, 0U) << strategy;
  }
}

// Time was up for a thread that was ready all along, since what it waited for was free: it was let
// go on once more, after it had ended.
TEST(Deadline, is_up_once_for_who_polls_a_free_mutex) {
  const SearchOptions options =
      search_options(program_path("polled_timed_lock"), EngineKind::fuzz, 3'000);
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.gave_up, 0U);
}

// Who went on first, once a state had come again, was whoever had gone on last in the run before.
TEST(Livelock, is_proved_by_the_same_steps_in_a_fresh_process) {
  for (const char* const strategy : {"random", "pos", "pct:depth=3", "surw"}) {
    SearchOptions options = search_options(program_path("polite_diners"), EngineKind::fuzz, 20);
    options.job.strategy = strategy;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.failed, 20U) << strategy;
    EXPECT_FALSE(result.not_as_fresh.has_value()) << strategy;
    EXPECT_FALSE(result.divergence.has_value()) << strategy;
  }
}

TEST(LastSteps, are_recorded_and_no_others) {
  const SearchOptions options = limited("lost_ticket", 1);
  Job job = options.job;
  job.schedule = {{{1, 3, 2}}};
  const JobDone whole = replayed(options, job);
  ASSERT_TRUE(std::holds_alternative<GaveUp>(whole.outcome.value_or(Passed{})));
  EXPECT_TRUE(whole.trace.events.empty());
  const JobDone done = replayed(options, last_steps_of(job, whole.steps));
  ASSERT_EQ(done.steps, whole.steps);
  EXPECT_TRUE(done.trace.truncated);
  EXPECT_GT(done.trace.events.size(), 900U);
  EXPECT_LE(done.trace.events.size(), 1'001U);
}

// The run goes on for longer than the recorder can keep.
TEST(LimitRun, a_race_on_the_way_is_shown_by_its_beginning) {
  SearchOptions options = search_options(program_path("plain_spin"), EngineKind::fuzz, 3);
  options.job.strategy = "random";
  options.job.step_limit = 6'000'000;
  const EngineResult result = search_once(options);
  ASSERT_EQ(result.gave_up, 3U);
  const Finding* race = find_kind(result, FailureKind::data_race);
  ASSERT_NE(race, nullptr);
  Replayer replayer(options.worker, options.lost_ms);
  const auto minimal = minimize(replayer, options.job, *race, kNoTimeLimit);
  ASSERT_TRUE(minimal.has_value());
  EXPECT_FALSE(minimal->trace.truncated);
  EXPECT_GE(std::count_if(minimal->trace.events.begin(), minimal->trace.events.end(),
                          [](const Event& event) { return event.racy; }),
            2);
  EXPECT_LE(minimal->trace.events.size(), 100'000U);
}

TEST(LimitRun, the_report_has_the_command_that_shows_it) {
  const TemporaryFolder folder;
  const std::string program = program_path("lost_ticket");
  const Ended ended =
      heddle_command({"run", program, "--engine", "fuzz", "--runs", "60", "--strategy", "random",
                      "--step-limit", "300000", "--report", "json:" + (folder / "report")});
  EXPECT_EQ(ended.status, 0) << ended.err;
  const std::size_t at = ended.out.find("\n    heddle replay ");
  ASSERT_NE(at, std::string::npos) << ended.out;
  const std::string line = ended.out.substr(at + 5, ended.out.find('\n', at + 1) - at - 5);
  EXPECT_TRUE(line.ends_with(program + " --step-limit 300000")) << line;
  std::ifstream file(folder / "report");
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(json.find("\"replay\": \"" + line + "\""), std::string::npos) << json;

  const std::string token = line.substr(14, line.find(' ', 14) - 14);
  const Ended again = heddle_command({"replay", token, program, "--step-limit", "300000"});
  EXPECT_EQ(again.status, 3) << again.err;
  EXPECT_NE(again.out.find("gave up: livelock or limit"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("lost_ticket.cpp:15"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("Last steps"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("load tickets -> 1"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find(line), std::string::npos) << again.out;
}

// ---- real threads, where a deadlock is told from a run that is long

TEST(Deadlock, is_known_at_once_where_the_holder_was_cancelled_and_is_gone) {
  for (const EngineKind engine : {EngineKind::stress, EngineKind::tsan}) {
    SCOPED_TRACE(std::string(to_string(engine)));
    const std::uint64_t runs = 5;
    const EngineResult result =
        search_once(search_options(program_path("cancelled_holder"), engine, runs));
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, runs);
    EXPECT_EQ(result.failed, runs);
    EXPECT_EQ(result.gave_up, 0U);
    EXPECT_EQ(kinds(result), std::set<FailureKind>{FailureKind::deadlock});
  }
}

// ---- loops in code that is not instrumented

EngineResult in_unseen_loop(const std::string& word, const std::string& strategy,
                            std::uint64_t runs) {
  SearchOptions options = search_options(program_path("unseen_loop"), EngineKind::fuzz, runs);
  options.worker.args = {word};
  options.job.strategy = strategy;
  // It is interrupted after a second of processor time, which takes longer on a busy machine.
  options.lost_ms = word == "ends" || word == "fails" ? 20'000 : 3'000;
  return search_once(options);
}

TEST(UnseenLoop, lets_the_other_threads_go_on) {
  for (const char* const strategy : {"random", "dpor"}) {
    SCOPED_TRACE(strategy);
    const EngineResult result = in_unseen_loop("ends", strategy, 2);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.failed, 0U);
    EXPECT_EQ(result.gave_up, 0U);
    EXPECT_GT(result.runs, 0U);
    // Where it was interrupted is not tried out.
    EXPECT_TRUE(result.features.interrupted);
    const auto* not_proved = std::get_if<NotProved>(&result.claim);
    if (result.exhausted) {
      ASSERT_NE(not_proved, nullptr);
      EXPECT_NE(std::find(not_proved->reasons.begin(), not_proved->reasons.end(),
                          NotProvedReason{InterruptedUnseen{}}),
                not_proved->reasons.end());
    }
  }
}

TEST(UnseenLoop, may_come_before_a_failure_whose_token_replays) {
  const EngineResult result = in_unseen_loop("fails", "random", 1);
  EXPECT_EQ(kinds(result), std::set<FailureKind>{FailureKind::assertion});
  EXPECT_FALSE(result.divergence.has_value());
}

TEST(UnseenLoop, that_nobody_will_end_is_a_hang) {
  for (const char* const word : {"both-wait", "never"}) {
    const EngineResult result = in_unseen_loop(word, "random", 1);
    EXPECT_EQ(kinds(result), std::set<FailureKind>{FailureKind::hang}) << word;
  }
}

}  // namespace
}  // namespace heddle::verdicts
