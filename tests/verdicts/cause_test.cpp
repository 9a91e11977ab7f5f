// Why programs fail: the pattern that the report names, end to end.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using enum FailureKind;

struct Known {
  std::string program;  // of cases, or of programs/any
  FailureKind kind;
  CausePattern pattern;
  bool is_case = false;
  bool checked = true;  // there is an order in which it passes
};

std::ostream& operator<<(std::ostream& out, const Known& known) {
  return out << known.program << ": " << to_string(known.kind);
}

const std::vector<Known> kKnown = {
    {"unlocked_counter", assertion, CausePattern::lost_update, true},
    {"unlocked_counter", data_race, CausePattern::data_race, true, false},
    {"atomic_counter", assertion, CausePattern::lost_update, true},
    {"queue_handoff", lost_wakeup, CausePattern::lost_wakeup, true},
    {"relaxed_publish", data_race, CausePattern::unsafe_publication, true},
    {"aba_stack", assertion, CausePattern::aba, true},
    {"flag_after_notify", lost_wakeup, CausePattern::notify_before_change, true},
    {"flag_outside_mutex", lost_wakeup, CausePattern::flag_outside_mutex, true},
    {"two_mutexes", lost_wakeup, CausePattern::flag_under_another_mutex, true},
    {"two_fields", assertion, CausePattern::atomicity_violation, true},
    {"use_before_init", assertion, CausePattern::order_violation, true},
    {"shutdown_one", deadlock, CausePattern::one_notification, true},
    {"one_for_two_kinds", deadlock, CausePattern::one_notification, true},
    {"bounded_buffer", deadlock, CausePattern::hold_and_wait, true, false},
    {"join_under_lock", deadlock, CausePattern::hold_and_wait, true},
    {"read_lock_twice", deadlock, CausePattern::nested_read_lock, true},
    {"lost_post", deadlock, CausePattern::permit_kept, true},
    {"result_on_stack", use_after_return, CausePattern::use_after_return, true, false},
    {"iterator_across_unlock", use_after_free, CausePattern::use_after_free, true},
    // That nobody waits for the thread is wrong, and not in which order the two free.
    {"static_at_exit", double_free, CausePattern::none, true},
    {"atomic_pair", assertion, CausePattern::atomicity_violation},
    {"bank_audit", assertion, CausePattern::atomicity_violation},
    {"bank_transfer", deadlock, CausePattern::lock_order_cycle},
    {"barrier_missing", data_race, CausePattern::data_race, false, false},
    {"c11_condition", lost_wakeup, CausePattern::lost_wakeup},
    {"c11_mutex", assertion, CausePattern::lost_update},
    {"call_once_by_hand", assertion, CausePattern::atomicity_violation},
    {"check_then_act", assertion, CausePattern::check_then_act},
    {"cond_signal_for_two", deadlock, CausePattern::one_notification},
    // By the thread that was faster, and by no spurious wake-up.
    {"cond_wait_if", assertion, CausePattern::wait_without_loop},
    {"detached_local", use_after_free, CausePattern::use_after_free},
    {"dining_philosophers", deadlock, CausePattern::lock_order_cycle},
    {"divide_by_zero", signal, CausePattern::check_then_act},
    {"double_checked_locking", data_race, CausePattern::unsafe_publication, false, false},
    {"double_free", double_free, CausePattern::atomicity_violation},
    {"fence_one_sided", data_race, CausePattern::unsafe_publication},
    // Main frees before the thread can run.
    {"heap_use_after_free", use_after_free, CausePattern::use_after_free},
    // Of the data, and not of the wait for them.
    {"latch", assertion, CausePattern::atomicity_violation},
    {"lock_cycle_three", deadlock, CausePattern::lock_order_cycle},
    {"lock_order_ab_ba", deadlock, CausePattern::lock_order_cycle},
    {"notify_without_lock", lost_wakeup, CausePattern::flag_outside_mutex},
    {"null_pointer", signal, CausePattern::check_then_act},
    {"packaged_task", uncaught_exception, CausePattern::lost_update},
    {"seqlock", assertion, CausePattern::check_then_act},
    {"sem_count_then_post", assertion, CausePattern::check_then_act},
    {"sem_value", assertion, CausePattern::order_violation},
    {"shared_mutex", assertion, CausePattern::lost_update},
    {"sleep_atomic", assertion, CausePattern::order_violation},
    {"spsc_ring", data_race, CausePattern::unsafe_publication, false, false},
    {"stack_aba", assertion, CausePattern::aba},
};

// Where in the run the thread is for the n-th time at that operation, as it was in another run;
// past the end if it does not come there. A try that succeeds and one that does not are the same.
std::size_t place_of(const Event& event, const Trace& other, const Trace& trace) {
  const auto same = [&event](const Event& seen) {
    return seen.thread == event.thread && seen.op.pc == event.op.pc;
  };
  std::size_t number = 0;
  bool happened = false;
  for (const Event& seen : other.events) {
    if (!same(seen)) continue;
    if (!happened) ++number;
    happened |= seen.step == event.step;
  }
  // It would have been the next.
  if (!happened) ++number;
  std::size_t at = 0;
  for (; at < trace.events.size(); ++at) {
    if (same(trace.events[at]) && --number == 0) break;
  }
  return at;
}

// That the schedule which is said to have the two swapped has them swapped.
void expect_swapped(const Cause& cause, const MinimalInterleaving& minimal, Replayer& replayer) {
  ASSERT_TRUE(cause.swapped.has_value());
  Job job;
  job.schedule = *cause.swapped;
  job.record_trace = true;
  job.step_limit = 200'000;
  const auto run = replayer.replay(job);
  const auto* done = std::get_if<JobDone>(&run);
  ASSERT_NE(done, nullptr);
  EXPECT_TRUE(done->outcome.has_value() && std::holds_alternative<Passed>(*done->outcome));
  EXPECT_LT(place_of(*cause.second, minimal.trace, done->trace),
            place_of(*cause.first, minimal.trace, done->trace));
}

class CauseOf : public testing::TestWithParam<Known> {};

TEST_P(CauseOf, is_named) {
  const Known& known = GetParam();
  // As g++ builds them: clang leaves out the read of `++x`, and with it half of a lost update.
  const std::string path =
      known.is_case ? case_path(known.program) : program_path("any/gcc/" + known.program);
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not built";
  if (known.is_case && std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    GTEST_SKIP() << "the cases are built by clang";
  }
  SearchOptions options = search_options(path, EngineKind::fuzz, 5'000);
  options.job.step_limit = 20'000;
  const EngineResult result = search_once(options);
  const Finding* finding = find_kind(result, known.kind);
  ASSERT_NE(finding, nullptr);
  Replayer replayer(options.worker, options.lost_ms);
  const auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
  ASSERT_TRUE(minimal.has_value());
  ASSERT_TRUE(minimal->cause.has_value());
  const Cause& cause = *minimal->cause;
  EXPECT_EQ(to_string(cause.pattern), to_string(known.pattern));
  EXPECT_EQ(cause.checked > 0, known.checked);
  if (known.checked) {
    EXPECT_EQ(cause.passed, cause.checked);
    ASSERT_TRUE(cause.first.has_value() && cause.second.has_value());
    EXPECT_NE(cause.first->thread, cause.second->thread);
    if (cause.swapped.has_value()) expect_swapped(cause, *minimal, replayer);
  }
}

std::string test_name(const testing::TestParamInfo<Known>& info) {
  std::string name = info.param.program + "_" + std::string(to_string(info.param.kind));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(programs, CauseOf, testing::ValuesIn(kKnown), test_name);

}  // namespace
}  // namespace heddle::verdicts
