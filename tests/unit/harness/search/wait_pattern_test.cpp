#include "harness/search/wait_pattern.h"

#include <gtest/gtest.h>

#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::access;
using scenario::on;
using scenario::place;
using scenario::TraceBuilder;
using scenario::wait_on;
using scenario::with;

constexpr Address kX = 0x1000;
constexpr Address kY = 0x2000;
constexpr Address kLock = 0x3000;
constexpr Address kCond = 0x4000;

Story story_of(TraceBuilder& happened) {
  Story story{.events = happened.take().events, .happened = 0};
  story.happened = story.events.size();
  return story;
}

Failed assertion_of(ThreadId thread) {
  return {FailureKind::assertion, "", {place(thread, {.kind = OpKind::failure, .pc = 0x99})}};
}

// T1 looks at x and waits, and comes out of the wait without a notification.
TraceBuilder looks_and_wakes() {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x1))
      .add(1, on(OpKind::mutex_lock, kLock, 0x2))
      .add(1, access(OpKind::read, kX, 0x3), 0)
      .add(1, wait_on(kCond, kLock, 0x4));
  return trace;
}

TEST(WaitPatternTest, a_wait_that_a_loop_would_have_begun_again_is_without_a_loop) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, access(OpKind::read, kX, 0x5), 0)
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  const auto odd = find_odd_wait(story_of(trace), assertion_of(1));
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->cause.pattern, CausePattern::wait_without_loop);
  EXPECT_EQ(odd->end, odd->wait + 1);
}

TEST(WaitPatternTest, a_loop_that_saw_a_change_is_no_wait_without_a_loop) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(0, access(OpKind::write, kX, 0x6), 1)
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, access(OpKind::read, kX, 0x5), 1)
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  EXPECT_FALSE(find_odd_wait(story_of(trace), assertion_of(1)).has_value());
}

TEST(WaitPatternTest, a_wait_that_was_notified_is_nothing_odd) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(0, on(OpKind::cond_signal, kCond, 0x6))
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  EXPECT_FALSE(find_odd_wait(story_of(trace), assertion_of(1)).has_value());
}

// T0 changes x and notifies; T2 is faster than T1, and `back` is what it leaves there.
std::optional<OddWait> overtaken(std::uint64_t back) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(0, on(OpKind::mutex_lock, kLock, 0x6))
      .add(0, access(OpKind::write, kX, 0x7), 1)
      .add(0, on(OpKind::cond_signal, kCond, 0x8))
      .add(0, on(OpKind::mutex_unlock, kLock, 0x9))
      .add(2, on(OpKind::mutex_lock, kLock, 0xa))
      .add(2, access(OpKind::write, kX, 0xb), back)
      .add(2, on(OpKind::mutex_unlock, kLock, 0xc))
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  return find_odd_wait(story_of(trace), assertion_of(1));
}

TEST(WaitPatternTest, a_wait_whose_notification_another_thread_was_faster_than_is_without_a_loop) {
  const auto odd = overtaken(0);
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->cause.pattern, CausePattern::wait_without_loop);
  ASSERT_EQ(odd->cause.steps.size(), 4U);
  EXPECT_EQ(odd->cause.steps[1].op.pc, 0x8U);
  EXPECT_EQ(odd->cause.steps[2].op.pc, 0xbU);
  EXPECT_TRUE(odd->overtaken_by.has_value());
}

TEST(WaitPatternTest, a_loop_that_would_have_ended_with_the_notification_is_nothing_odd) {
  EXPECT_FALSE(overtaken(2).has_value());
}

// T0 changes x; T2 is done with that before T1 looks and waits, and only then T0 notifies. T1 looks
// at what is its own too, and, at `again`, once more.
std::optional<OddWait> notified_for_nothing(Address again) {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x1))
      .add(0, access(OpKind::write, kX, 0x7), 1)
      .add(2, access(OpKind::write, kX, 0xb), 0)
      .add(1, on(OpKind::mutex_lock, kLock, 0x2))
      .add(1, access(OpKind::read, kX, 0x3), 0)
      .add(1, access(OpKind::read, kY, 0x3), 0)
      .add(1, wait_on(kCond, kLock, 0x4))
      .add(0, on(OpKind::cond_signal, kCond, 0x8))
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, access(OpKind::read, kX, again), 0)
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  return find_odd_wait(story_of(trace), assertion_of(1));
}

TEST(WaitPatternTest, a_wait_that_a_late_notification_ended_is_without_a_loop) {
  const auto odd = notified_for_nothing(0x5);
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->cause.pattern, CausePattern::wait_without_loop);
  ASSERT_EQ(odd->cause.steps.size(), 3U);
  EXPECT_EQ(odd->cause.steps[1].op.pc, 0x8U);
  EXPECT_FALSE(odd->overtaken_by.has_value());
}

TEST(WaitPatternTest, a_loop_that_looks_again_is_nothing_odd) {
  EXPECT_FALSE(notified_for_nothing(0x3).has_value());
}

TEST(WaitPatternTest, what_the_thread_alone_uses_is_no_look) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(0, access(OpKind::write, kX, 0x7), 1)
      .add(0, on(OpKind::cond_signal, kCond, 0x8))
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, access(OpKind::read, kY, 0x5), 0)
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  EXPECT_FALSE(find_odd_wait(story_of(trace), assertion_of(1)).has_value());
}

// A queue is empty where x is y. T0 puts something in and notifies two; T2 takes it.
std::optional<OddWait> emptied_again(Address again) {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x1))
      .add(1, on(OpKind::mutex_lock, kLock, 0x2))
      .add(1, access(OpKind::read, kX, 0x3), 7)
      .add(1, access(OpKind::read, kY, 0x30), 7)
      .add(1, wait_on(kCond, kLock, 0x4))
      .add(0, on(OpKind::mutex_lock, kLock, 0x6))
      .add(0, access(OpKind::write, kX, 0x7), 8)
      .add(0, on(OpKind::cond_broadcast, kCond, 0x8))
      .add(0, on(OpKind::mutex_unlock, kLock, 0x9))
      .add(2, on(OpKind::mutex_lock, kLock, 0xa))
      .add(2, access(OpKind::write, kY, 0xb), 8)
      .add(2, on(OpKind::mutex_unlock, kLock, 0xc))
      .add(1, on(OpKind::mutex_lock, kLock, 0x4))
      .add(1, access(OpKind::read, kX, again), 8)
      .add(1, {.kind = OpKind::failure, .pc = 0x99});
  return find_odd_wait(story_of(trace), assertion_of(1));
}

TEST(WaitPatternTest, a_container_that_another_thread_emptied_again_wanted_a_loop) {
  const auto odd = emptied_again(0x5);
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->cause.pattern, CausePattern::wait_without_loop);
  ASSERT_EQ(odd->cause.steps.size(), 4U);
  EXPECT_EQ(odd->cause.steps[2].op.pc, 0xbU);
  EXPECT_FALSE(emptied_again(0x3).has_value());
}

TEST(WaitPatternTest, a_wait_that_ends_by_its_time_is_told_apart) {
  TraceBuilder trace = looks_and_wakes();
  trace.add(1, on(OpKind::timeout, kCond, 0x4)).add(1, on(OpKind::mutex_lock, kLock, 0x4));
  const auto odd = find_odd_wait(story_of(trace), assertion_of(1));
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->cause.pattern, CausePattern::timed_out_wait);
}

TEST(WaitPatternTest, a_self_deadlock_names_where_the_lock_was_taken) {
  TraceBuilder trace;
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x1))
      .add(1, on(OpKind::mutex_unlock, kLock, 0x2))
      .add(1, on(OpKind::mutex_lock, kLock, 0x3));
  const Failed failure{
      FailureKind::self_deadlock, "", {place(1, on(OpKind::mutex_lock, kLock, 0x4))}};
  const auto cause = explain_self_deadlock(story_of(trace), failure);
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->steps[0].op.pc, 0x3U);
  EXPECT_EQ(cause->steps[1].op.pc, 0x4U);
}

// T1 looks at x under the lock; T0 changes it and notifies; T1 waits.
Cause lost_wakeup_of(Story& story, bool with_lock) {
  TraceBuilder trace;
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x1)).add(1, access(OpKind::atomic_load, kX, 0x2), 0);
  if (with_lock) trace.add(0, on(OpKind::mutex_lock, kLock, 0x3));
  trace.add(0, access(OpKind::atomic_store, kX, 0x4), 1)
      .add(0, on(OpKind::cond_signal, kCond, 0x5))
      .add(1, wait_on(kCond, kLock, 0x6));
  story = story_of(trace);
  Cause cause{.pattern = CausePattern::lost_wakeup,
              .steps = {story.events[story.happened - 2], story.events[story.happened - 1]}};
  refine(story, cause);
  return cause;
}

TEST(WaitPatternTest, a_flag_changed_outside_the_mutex_is_what_loses_the_wake_up) {
  Story story;
  const Cause cause = lost_wakeup_of(story, false);
  EXPECT_EQ(cause.pattern, CausePattern::flag_outside_mutex);
  ASSERT_EQ(cause.steps.size(), 4U);
  EXPECT_EQ(cause.steps[1].op.pc, 0x4U);
  EXPECT_EQ(lost_wakeup_of(story, true).pattern, CausePattern::lost_wakeup);
}

TEST(WaitPatternTest, what_was_changed_back_before_the_compare_exchange_is_aba) {
  TraceBuilder trace;
  trace.add(1, access(OpKind::atomic_load, kX, 0x1), 5)
      .add(2, access(OpKind::atomic_rmw, kX, 0x2), 6)
      .old_value(5)
      .add(2, access(OpKind::atomic_rmw, kX, 0x3), 5)
      .old_value(6)
      .add(1, access(OpKind::atomic_rmw, kX, 0x4), 7)
      .old_value(5);
  const Story story = story_of(trace);
  Cause cause{.pattern = CausePattern::check_then_act,
              .steps = {story.events[0], story.events[1], story.events[3]}};
  refine(story, cause);
  EXPECT_EQ(cause.pattern, CausePattern::aba);
  ASSERT_EQ(cause.steps.size(), 4U);
  EXPECT_EQ(cause.steps[2].op.pc, 0x3U);
}

TEST(WaitPatternTest, only_chains_of_synchronisation_may_order) {
  TraceBuilder locked;
  locked.add(1, access(OpKind::write, kX, 0x1), 1)
      .add(1, on(OpKind::mutex_unlock, kLock, 0x2))
      .add(2, on(OpKind::mutex_lock, kLock, 0x3))
      .add(2, access(OpKind::read, kX, 0x4), 1);
  EXPECT_TRUE(may_be_ordered(story_of(locked), 0, 3));
  TraceBuilder plain;
  plain.add(1, access(OpKind::write, kX, 0x1), 1)
      .add(1, access(OpKind::write, kY, 0x2), 1)
      .add(2, access(OpKind::read, kY, 0x3), 1)
      .add(2, access(OpKind::read, kX, 0x4), 1);
  EXPECT_FALSE(may_be_ordered(story_of(plain), 0, 3));
}

}  // namespace
}  // namespace heddle
