#include "harness/search/hunt.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

// The program lies at 0x1000 to 0x1fff; all else is the system's.
const std::vector<Module> kModules = {{.path = "prog", .base = 0, .begin = 0x1000, .end = 0x2000}};
constexpr Address kLibrary = 0x9000;

Place at(Address pc, OpKind kind = OpKind::failure, std::vector<Address> stack = {}) {
  return {.thread = 1, .op = {.kind = kind, .pc = pc}, .stack = std::move(stack), .note = {}};
}

Failed failed(FailureKind kind, std::vector<Place> places, std::string message = {}) {
  return {.kind = kind, .message = std::move(message), .places = std::move(places)};
}

bool same(const Failed& seen, const Failed& found) {
  return same_failure(seen, found, kModules);
}

TEST(HuntTest, assertion_of_the_same_words_at_the_same_place) {
  const Failed seen = failed(FailureKind::assertion, {at(0x1100)},
                             "prog.cpp:7: int main(): Assertion `a == b' failed.");
  EXPECT_TRUE(same(seen, failed(FailureKind::assertion, {at(0x1100)}, "a == b")));
  EXPECT_FALSE(same(seen, failed(FailureKind::assertion, {at(0x1100)}, "a")));
  EXPECT_FALSE(same(seen, failed(FailureKind::assertion, {at(0x1104)}, "a == b")));
  EXPECT_FALSE(same(seen, failed(FailureKind::abort, {at(0x1100)}, "a == b")));
}

TEST(HuntTest, race_of_the_same_pair_in_either_order) {
  const Failed seen =
      failed(FailureKind::data_race, {at(0x1100, OpKind::read), at(0x1200, OpKind::write)});
  EXPECT_TRUE(same(
      seen, failed(FailureKind::data_race, {at(0x1200, OpKind::write), at(0x1100, OpKind::read)})));
  EXPECT_FALSE(same(seen, failed(FailureKind::data_race,
                                 {at(0x1200, OpKind::write), at(0x1200, OpKind::write)})));
}

TEST(HuntTest, race_inside_a_library_goes_by_who_called_it) {
  const Failed seen = failed(FailureKind::data_race,
                             {at(kLibrary, OpKind::read, {0x1100}), at(0x1200, OpKind::write)});
  EXPECT_TRUE(same(seen, failed(FailureKind::data_race,
                                {at(kLibrary + 0x40, OpKind::read, {kLibrary + 0x80, 0x1100}),
                                 at(0x1200, OpKind::write)})));
}

TEST(HuntTest, threads_that_are_stuck_must_be_stuck_there_whatever_it_is_called) {
  const Failed seen = failed(FailureKind::deadlock,
                             {at(0x1100, OpKind::cond_wait), at(kLibrary, OpKind::thread_join)});
  EXPECT_TRUE(same(seen, failed(FailureKind::lost_wakeup,
                                {at(0x1300, OpKind::thread_join), at(0x1100, OpKind::cond_wait),
                                 at(0x1500, OpKind::cond_signal)})));
  EXPECT_FALSE(same(seen, failed(FailureKind::lost_wakeup, {at(0x1300, OpKind::thread_join),
                                                            at(0x1108, OpKind::cond_wait)})));
  EXPECT_FALSE(same(seen, failed(FailureKind::assertion, {at(0x1100)})));
}

TEST(HuntTest, who_waits_for_a_stuck_thread_does_not_matter) {
  const Failed seen = failed(FailureKind::deadlock,
                             {at(0x1100, OpKind::mutex_lock), at(0x1300, OpKind::thread_join)});
  EXPECT_TRUE(same(seen, failed(FailureKind::deadlock, {at(0x1100, OpKind::mutex_lock),
                                                        at(0x1308, OpKind::thread_join)})));
}

TEST(HuntTest, loop_goes_by_the_call_that_it_is_in) {
  const Failed seen = failed(FailureKind::hang, {at(0x1100, OpKind::atomic_load, {0x1800})});
  EXPECT_TRUE(same(seen, failed(FailureKind::hang, {at(0x1110, OpKind::yield, {0x1800})})));
  EXPECT_FALSE(same(seen, failed(FailureKind::hang, {at(0x1100, OpKind::yield, {0x1900})})));
}

TEST(HuntTest, inversion_is_the_deadlock_of_its_locks) {
  const Failed seen = failed(FailureKind::lock_inversion,
                             {at(0x1100, OpKind::mutex_lock), at(0x1110, OpKind::mutex_lock),
                              at(0x1200, OpKind::mutex_lock), at(0x1210, OpKind::mutex_lock)});
  const auto by = [](ThreadId thread, Place place) {
    place.thread = thread;
    return place;
  };
  const Place first = by(1, at(0x1110, OpKind::mutex_lock));
  const Place second = by(2, at(0x1210, OpKind::mutex_lock));
  const Place joins = by(0, at(0x1300, OpKind::thread_join));
  EXPECT_TRUE(same(seen, failed(FailureKind::deadlock, {joins, first, second})));
  // Where a thread has locked what another waits for says nothing of where it waits.
  EXPECT_TRUE(same(seen, failed(FailureKind::deadlock,
                                {joins, first, second, by(1, at(0x1500, OpKind::mutex_lock))})));
  EXPECT_FALSE(
      same(seen, failed(FailureKind::deadlock, {first, by(2, at(0x1400, OpKind::mutex_lock))})));
  EXPECT_FALSE(same(seen, failed(FailureKind::deadlock, {joins})));
}

TEST(HuntTest, what_the_heap_notices_fuzz_names) {
  const Failed seen = failed(FailureKind::abort, {at(kLibrary, OpKind::failure, {0x1100})});
  EXPECT_TRUE(same(seen, failed(FailureKind::double_free, {at(0x1100)})));
  EXPECT_TRUE(same(seen, failed(FailureKind::abort, {at(0x1100)})));
  EXPECT_FALSE(same(seen, failed(FailureKind::double_free, {at(0x1104)})));
}

TEST(HuntTest, exit_status_has_no_place) {
  const Failed seen = failed(FailureKind::exit_status, {at(0)}, "exit status 3");
  EXPECT_TRUE(same(seen, failed(FailureKind::exit_status, {at(0x1100)}, "exit status 3")));
  EXPECT_FALSE(same(seen, failed(FailureKind::exit_status, {at(0x1100)}, "exit status 4")));
}

TEST(HuntTest, without_a_place_the_words_decide) {
  const Failed seen = failed(FailureKind::signal, {}, "SIGSEGV");
  EXPECT_TRUE(same(seen, failed(FailureKind::signal, {}, "SIGSEGV")));
  EXPECT_FALSE(same(seen, failed(FailureKind::signal, {}, "SIGFPE")));
  EXPECT_FALSE(same(seen, failed(FailureKind::signal, {at(0x1100)}, "SIGSEGV")));
}

// ---- what the search with fuzz has found already needs no runs

EngineResult result_of(EngineKind engine, std::vector<Failed> failures) {
  EngineResult result;
  result.engine = engine;
  result.method = "random";
  result.runs = 500;
  for (Failed& failure : failures) {
    result.findings.push_back({.failure = std::move(failure),
                               .count = 1,
                               .first_run = 0,
                               .token = std::nullopt,
                               .minimal = std::nullopt});
  }
  return result;
}

TEST(HuntTest, what_fuzz_has_found_is_pointed_to) {
  std::vector<EngineResult> results;
  results.push_back(result_of(
      EngineKind::stress, {failed(FailureKind::assertion, {at(0x1100)}, "Assertion `x' failed.")}));
  results.push_back(
      result_of(EngineKind::fuzz, {failed(FailureKind::assertion, {at(0x1100)}, "x")}));
  const Token token{.engine = EngineKind::fuzz, .schedule = {}, .relacy_state = {}};
  results[1].findings[0].token = token;
  hunt_findings(results, {}, kModules, {.runs = 100, .seconds = 1, .minimize = {}}, {});
  const auto& hunt = results[0].findings[0].hunt;
  ASSERT_TRUE(hunt.has_value());
  EXPECT_TRUE(hunt->by_search);
  EXPECT_TRUE(hunt->found.has_value());
  EXPECT_EQ(hunt->token, token);
  EXPECT_EQ(hunt->runs, 0U);
  EXPECT_FALSE(results[1].findings[0].hunt.has_value());
}

TEST(HuntTest, a_program_that_fuzz_cannot_run_is_not_hunted) {
  std::vector<EngineResult> results;
  results.push_back(result_of(EngineKind::stress, {failed(FailureKind::abort, {at(0x1100)})}));
  results.push_back(result_of(EngineKind::fuzz, {}));
  results[1].error = "it uses sockets";
  hunt_findings(results, {}, kModules, {.runs = 100, .seconds = 1, .minimize = {}}, {});
  const auto& hunt = results[0].findings[0].hunt;
  ASSERT_TRUE(hunt.has_value());
  EXPECT_EQ(hunt->error, "it uses sockets");
  EXPECT_FALSE(hunt->found.has_value());
}

}  // namespace
}  // namespace heddle
