// From a failure on real threads to an interleaving that anybody can see again.
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/search/tsan_alone.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Hunt, failure_of_stress_ends_with_its_interleaving) {
  const Ended ended =
      heddle_command({"run", case_path("queue_handoff"), "--engine", "stress", "--runs", "20000"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_TRUE(contains(ended.out, "lost wake-up: found in fuzz, by run ")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "Minimal interleaving (lost wake-up)")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "Minimal: 1 preemption")) << ended.out;
  const std::size_t replay = ended.out.find("heddle replay h2f-");
  ASSERT_NE(replay, std::string::npos) << ended.out;
  const std::size_t token = ended.out.find("h2f-", replay);
  const std::string text = ended.out.substr(token, ended.out.find(' ', token) - token);
  const Ended replayed = heddle_command({"replay", text, case_path("queue_handoff")});
  EXPECT_EQ(replayed.status, 1);
  EXPECT_TRUE(contains(replayed.out, "lost wake-up")) << replayed.out;
}

TEST(Hunt, of_the_search_with_fuzz_is_pointed_to) {
  const Ended ended = heddle_command(
      {"run", case_path("unlocked_counter"), "--engine", "tsan,fuzz", "--runs", "200"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_TRUE(contains(ended.out, "data race")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "fuzz has found the same, and shows the interleaving"))
      << ended.out;
}

TEST(Hunt, in_vain_says_so) {
  const Ended ended = heddle_command({"run", program_path("real_time"), "--engine", "stress",
                                      "--runs", "20", "--hunt-runs", "2000"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_TRUE(contains(ended.out, "not reproduced within 2 000 runs of fuzz")) << ended.out;
  EXPECT_FALSE(contains(ended.out, "heddle replay")) << ended.out;
}

TEST(Hunt, can_be_left_out) {
  const Ended ended = heddle_command(
      {"run", program_path("real_time"), "--engine", "stress", "--runs", "20", "--hunt-runs", "0"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_TRUE(contains(ended.out, "assertion failed")) << ended.out;
  EXPECT_FALSE(contains(ended.out, "of fuzz")) << ended.out;
}

// Fences and pthread_mutex_clocklock(), which ThreadSanitizer does not know, order what it takes
// for a race.
TEST(ThreadSanitizerAlone, is_said_of_a_race_that_something_orders_and_what) {
  const struct {
    std::string program;
    std::string edge;
  } kPrograms[] = {
      {program_path("fence_publish"), "T2's fence (acquire), at fence_publish.cpp:21"},
      {program_path("any/gcc/timed_mutex.fixed"), "lock "},
  };
  for (const auto& [program, edge] : kPrograms) {
    if (!std::filesystem::exists(program)) continue;
    const Ended ended = heddle_command(
        {"run", program, "--engine", "tsan", "--runs", "200", "--hunt-runs", "2000"});
    EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
    std::string line = ended.out;
    for (std::size_t at = 0; (at = line.find("\n  ", at)) != std::string::npos;) {
      line.replace(at, line.find_first_not_of(" \n", at) - at, " ");
    }
    EXPECT_TRUE(contains(line, "ThreadSanitizer alone: ")) << ended.out;
    EXPECT_TRUE(contains(line, "something ordered them: ")) << ended.out;
    EXPECT_TRUE(contains(line, edge)) << ended.out;
  }
}

TEST(ThreadSanitizerAlone, is_not_said_of_a_race_that_one_run_leaves_unordered) {
  for (const char* const program : {"sometimes_ordered", "fence_publish.without"}) {
    const SearchOptions options = search_options(program_path(program), EngineKind::fuzz, 1'000);
    const SearchOutcome outcome = search(options, {});
    const Finding* const race = find_kind(outcome.result, FailureKind::data_race);
    ASSERT_NE(race, nullptr) << program;
    Replayer replayer(options.worker, options.lost_ms);
    EXPECT_FALSE(find_ordering(replayer, options.job, race->failure, outcome.modules).has_value())
        << program;
  }
}

}  // namespace
}  // namespace heddle::verdicts
