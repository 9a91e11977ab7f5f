// What the options of a fuzz run change: where it ends, what it is asked at its end, and what is
// said of one that gave up.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using enum FailureKind;

std::uint64_t all_counts(const EngineResult& result) {
  std::uint64_t sum = 0;
  for (const Finding& finding : result.findings) sum += finding.count;
  return sum;
}

TEST(StopAtRace, the_first_race_is_all_that_a_run_shows) {
  SearchOptions options = search_options(case_path("unlocked_counter"), EngineKind::fuzz, 1'000);
  const EngineResult whole = search_once(options);
  EXPECT_EQ(kinds(whole), (std::set<FailureKind>{data_race, assertion}));
  EXPECT_GT(all_counts(whole), whole.failed) << "two races and an assertion in one run";

  options.job.stop_at_race = true;
  const EngineResult stopped = search_once(options);
  EXPECT_EQ(stopped.runs, 1'000U);
  EXPECT_EQ(stopped.failed, whole.failed);
  EXPECT_EQ(kinds(stopped), std::set<FailureKind>{data_race});
  EXPECT_EQ(all_counts(stopped), stopped.failed) << "one finding a run";
}

TEST(StopAtRace, changes_nothing_of_programs_without_races) {
  SearchOptions options = search_options(case_path("atomic_counter"), EngineKind::fuzz, 1'000);
  const EngineResult whole = search_once(options);
  options.job.stop_at_race = true;
  const EngineResult stopped = search_once(options);
  EXPECT_EQ(stopped.failed, whole.failed);
  EXPECT_EQ(kinds(stopped), std::set<FailureKind>{assertion});
}

TEST(StopAtRace, an_atomic_access_ends_the_run_as_well) {
  SearchOptions options = search_options(case_path("relaxed_publish"), EngineKind::fuzz, 1'000);
  options.job.stop_at_race = true;
  const EngineResult result = search_once(options);
  EXPECT_EQ(kinds(result), std::set<FailureKind>{data_race});
  EXPECT_EQ(all_counts(result), result.failed);
}

TEST(StopAtRace, tokens_replay_with_and_without_it) {
  SearchOptions options = search_options(case_path("unlocked_counter"), EngineKind::fuzz, 100);
  options.job.stop_at_race = true;
  EngineResult result = search_once(options);
  ASSERT_FALSE(result.findings.empty());
  Replayer replayer(options.worker, options.lost_ms);
  for (const Finding& finding : result.findings) {
    const auto minimal = minimize(replayer, options.job, finding, kNoTimeLimit);
    ASSERT_TRUE(minimal.has_value());
    // The racing access is the last that the interleaving shows.
    ASSERT_FALSE(minimal->trace.events.empty());
    EXPECT_TRUE(minimal->trace.events.back().racy);
    Job job = options.job;
    job.schedule = minimal->token.schedule;
    for (const bool stops : {true, false}) {
      job.stop_at_race = stops;
      auto run = replayer.replay(job);
      const auto* done = std::get_if<JobDone>(&run);
      ASSERT_NE(done, nullptr);
      EXPECT_TRUE(shows_failure(*done, failure_key(finding.failure))) << stops;
      EXPECT_EQ(done->reports.empty(), stops) << "a report is what did not end the run";
    }
  }
}

TEST(StopAtRace, is_an_option_of_the_command) {
  const auto findings = [](std::vector<std::string> args) {
    args.insert(args.begin(), {"run", "unlocked_counter", "--engine", "fuzz", "--runs", "200"});
    return heddle_command(std::move(args)).out;
  };
  EXPECT_NE(findings({}).find("assertion failed"), std::string::npos);
  const std::string stopped = findings({"--stop-at-race"});
  EXPECT_EQ(stopped.find("assertion failed"), std::string::npos) << stopped;
  EXPECT_NE(stopped.find("data race on counter"), std::string::npos) << stopped;
}

struct Way {
  std::string name;
  // Of the leaks that some run may show, the messages; none: no run has any.
  std::set<std::string> messages;
  // Whether every run has one.
  bool always = true;
};

std::ostream& operator<<(std::ostream& out, const Way& way) {
  return out << way.name;
}

class Leaks : public testing::TestWithParam<Way> {};

TEST_P(Leaks, are_what_nothing_leads_to_at_the_end) {
  SearchOptions options = search_options(program_path("leaks"), EngineKind::fuzz, 1'000);
  options.worker.args = {GetParam().name};
  EXPECT_EQ(search_once(options).failed, 0U) << "without the option";

  options.job.leaks = true;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_FALSE(result.divergence.has_value());
  std::set<std::string> messages;
  for (const Finding& finding : result.findings) {
    EXPECT_EQ(finding.failure.kind, FailureKind::leak);
    messages.insert(finding.failure.message);
    ASSERT_EQ(finding.failure.places.size(), 1U);
    EXPECT_NE(finding.failure.places.front().op.pc, 0U);
    EXPECT_TRUE(finding.token.has_value());
  }
  EXPECT_EQ(messages, GetParam().messages);
  if (GetParam().messages.empty()) {
    EXPECT_EQ(result.failed, 0U);
  } else if (GetParam().always) {
    EXPECT_EQ(result.failed, 1'000U);
  } else {
    EXPECT_GT(result.failed, 0U);
    EXPECT_LT(result.failed, 1'000U);
  }
  // What a stack or a register of an earlier run still holds must not decide.
  options.workers = 2;
  EXPECT_EQ(search_once(options).failed, result.failed);
}

INSTANTIATE_TEST_SUITE_P(
    ways, Leaks,
    testing::Values(Way{"lost", {"16 bytes"}}, Way{"lost.fixed", {}}, Way{"reachable", {}},
                    // One of the two, by the order of the threads, is at the head.
                    Way{"list", {"16 bytes, and 16 bytes that only it leads to"}},
                    Way{"ring", {"16 bytes, and 16 bytes that only it leads to"}},
                    Way{"allocators", {"80 bytes in 2 blocks"}}, Way{"small", {"4 bytes"}},
                    Way{"local", {}}, Way{"thread_local", {}}, Way{"locale", {}},
                    Way{"same_line", {"16 bytes"}}),
    [](const auto& parameter) {
      std::string name = parameter.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(LeakReports, of_one_line_by_two_ways_are_two) {
  SearchOptions options = search_options(program_path("leaks"), EngineKind::fuzz, 10);
  options.worker.args = {"same_line"};
  options.job.leaks = true;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.findings.size(), 2U);
}

TEST(LeakReports, the_command_names_the_line_and_replays_it) {
  const std::string program = program_path("leaks");
  const Ended ended =
      heddle_command({"run", program, "--engine", "fuzz", "--runs", "100", "--leaks", "--expect",
                      "fail:leak", "--report", "json:/dev/null", "--", "lost"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("leak: 16 bytes (leaks.cpp:29)"), std::string::npos) << ended.out;
  // The replay line, without whose option the run would pass.
  const std::size_t replay = ended.out.find("heddle replay ");
  ASSERT_NE(replay, std::string::npos) << ended.out;
  const std::string line = ended.out.substr(replay, ended.out.find('\n', replay) - replay);
  EXPECT_TRUE(line.ends_with(" --leaks -- lost")) << line;
  const std::string token = line.substr(14, line.find(' ', 14) - 14);
  const Ended again = heddle_command({"replay", token, program, "--leaks", "--", "lost"});
  EXPECT_EQ(again.status, 1) << again.out;
  EXPECT_NE(again.out.find("leak: 16 bytes"), std::string::npos) << again.out;
  EXPECT_EQ(heddle_command({"replay", token, program, "--", "lost"}).status, 0);
}

TEST(RwlockPolicy, is_that_of_this_c_library_or_any_as_the_command_says) {
  const std::string program = program_path("read_twice");
  const Ended as_here = heddle_command({"run", program, "--engine", "fuzz"});
  EXPECT_EQ(as_here.status, 0) << as_here.out;
  EXPECT_NE(as_here.out.find("the only interleaving passes"), std::string::npos) << as_here.out;

  const Ended any = heddle_command({"run", program, "--engine", "fuzz", "--runs", "1000",
                                    "--rwlock", "any", "--expect", "fail:deadlock"});
  EXPECT_EQ(any.status, 0) << any.out << any.err;
  EXPECT_NE(any.out.find("not with this C library"), std::string::npos) << any.out;
  const std::size_t replay = any.out.find("heddle replay ");
  ASSERT_NE(replay, std::string::npos) << any.out;
  const std::string line = any.out.substr(replay, any.out.find('\n', replay) - replay);
  EXPECT_TRUE(line.ends_with(" --rwlock any")) << line;
  const std::string token = line.substr(14, line.find(' ', 14) - 14);
  const Ended again = heddle_command({"replay", token, program, "--rwlock", "any"});
  EXPECT_EQ(again.status, 1) << again.out;
  EXPECT_NE(again.out.find("not with this C library"), std::string::npos) << again.out;
}

TEST(GaveUp, the_report_names_the_loop) {
  SearchOptions options = search_options(program_path("lost_ticket"), EngineKind::fuzz, 200);
  options.job.step_limit = 20'000;
  const EngineResult result = search_once(options);
  ASSERT_GT(result.gave_up, 0U);
  ASSERT_TRUE(result.limit.has_value());
  EXPECT_FALSE(result.limit->places.empty());
  // The same run whichever worker comes first.
  options.workers = 2;
  const EngineResult by_two = search_once(options);
  ASSERT_TRUE(by_two.limit.has_value());
  EXPECT_EQ(by_two.limit->places, result.limit->places);

  const Ended ended = heddle_command({"run", options.worker.program, "--engine", "fuzz", "--runs",
                                      "200", "--step-limit", "20000"});
  EXPECT_NE(ended.out.find("in the loop at lost_ticket.cpp:15"), std::string::npos) << ended.out;
}

TEST(GaveUp, a_loop_of_plain_accesses_right_after_a_thread_was_created_does_not) {
  for (const std::string strategy :
       {"random", "pct", "pos", "surw", "rff", "dfs", "dpor", "auto"}) {
    SearchOptions options = search_options(program_path("unseen_wait"), EngineKind::fuzz, 50);
    options.job.strategy = strategy;
    options.job.step_limit = 2'000'000;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "") << strategy;
    EXPECT_EQ(result.gave_up, 0U) << strategy;
    EXPECT_EQ(result.failed, 0U) << strategy;
  }
}

// Whoever only enables others goes at once under these strategies: a thread that has started, and
// has been at plain accesses ever since, is none.
TEST(GaveUp, a_thread_that_spins_from_its_start_lets_others_go) {
  for (const char* strategy : {"surw", "rff", "pos"}) {
    SearchOptions options = search_options(program_path("plain_spin"), EngineKind::fuzz, 3);
    options.job.strategy = strategy;
    options.job.step_limit = 1'000'000;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.gave_up, 3U) << strategy;
    // With the thread that main starts next.
    EXPECT_EQ(result.failed, 3U) << strategy;
    EXPECT_NE(find_kind(result, FailureKind::data_race), nullptr) << strategy;
  }
}

TEST(GaveUp, threads_that_take_turns_reach_the_step_limit_too) {
  SearchOptions options = search_options(program_path("endless_turns"), EngineKind::fuzz, 50);
  options.job.step_limit = 5'000;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.gave_up, 50U);
}

TEST(Budget, ends_a_search_with_the_runs_that_it_has_made) {
  SearchOptions options =
      search_options(case_path("mutex_counter"), EngineKind::stress, 100'000'000);
  options.budget = 0.2;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_GT(result.runs, 0U);
  EXPECT_LT(result.runs, options.runs);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_TRUE(result.out_of_budget);
}

TEST(Budget, changes_nothing_of_a_search_that_ends_before) {
  SearchOptions options = search_options(case_path("queue_handoff"), EngineKind::fuzz, 300);
  options.workers = 2;
  const EngineResult usual = search_once(options);
  options.budget = 1'000;
  const EngineResult limited = search_once(options);
  EXPECT_FALSE(limited.out_of_budget);
  EXPECT_EQ(limited.runs, usual.runs);
  EXPECT_EQ(limited.failed, usual.failed);
  EXPECT_EQ(limited.first_failure, usual.first_failure);
}

TEST(Budget, is_said_to_have_ended_a_search_only_if_there_was_one) {
  const std::vector<std::string> words = {"run", case_path("atomic_counter.fixed"), "--engine",
                                          "stress"};
  const auto told = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    const Ended ended = heddle_command(more);
    EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
    return ended.out.find("--budget was used up") != std::string::npos;
  };
  EXPECT_FALSE(told({"--time", "200ms"}));
  EXPECT_FALSE(told({"--runs", "10"}));
  EXPECT_TRUE(told({"--runs", "100000000", "--budget", "200ms"}));
}

}  // namespace
}  // namespace heddle::verdicts
