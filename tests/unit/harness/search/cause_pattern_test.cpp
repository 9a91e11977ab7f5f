#include "harness/search/cause_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

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
constexpr Address kOther = 0x3040;
constexpr Address kCond = 0x4000;

// Main starts T1 and T2: events 0 to 2.
TraceBuilder two_threads() {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x1))
      .add(0, with(OpKind::thread_create, 2, 0x2))
      .add(0, with(OpKind::thread_join, 1, 0x3))
      .because(SwitchReason::blocked);
  return trace;
}

// The events of `yet_to_come` did not happen.
Story story_of(TraceBuilder& happened, std::vector<Event> yet_to_come = {}) {
  Story story{.events = happened.take().events, .happened = 0};
  story.happened = story.events.size();
  for (Event& event : yet_to_come) story.events.push_back(std::move(event));
  return story;
}

Event event(ThreadId thread, const Op& op) {
  Event result;
  result.thread = thread;
  result.op = op;
  return result;
}

Failed assertion_of(ThreadId thread) {
  return {FailureKind::assertion, "", {place(thread, {.kind = OpKind::failure, .pc = 0x99})}};
}

std::vector<Address> places(const Cause& cause) {
  std::vector<Address> pcs;
  for (const Event& step : cause.steps) pcs.push_back(step.op.pc);
  return pcs;
}

// T1 reads x and is interrupted.
TraceBuilder interrupted_reader(OpKind read = OpKind::read) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(read, kX, 0x10), 1).because(SwitchReason::preempted);
  return trace;
}

TEST(CausePatternTest, a_write_between_read_and_write_is_a_lost_update) {
  TraceBuilder trace = interrupted_reader();
  trace.add(2, access(OpKind::write, kX, 0x20), 2)
      .because(SwitchReason::ended)
      .add(1, access(OpKind::write, kX, 0x11), 3);
  const Cause cause = explain(story_of(trace), assertion_of(0), {3, 4}, Ahead::unknown);
  EXPECT_EQ(cause.pattern, CausePattern::lost_update);
  EXPECT_EQ(places(cause), (std::vector<Address>{0x10, 0x20, 0x11}));
  ASSERT_TRUE(cause.first && cause.second);
  EXPECT_EQ(cause.first->op.pc, 0x10U);
  EXPECT_EQ(cause.second->op.pc, 0x20U);
}

TEST(CausePatternTest, a_write_after_another_look_loses_nothing) {
  TraceBuilder trace = interrupted_reader();
  trace.add(2, access(OpKind::write, kX, 0x20), 1)
      .because(SwitchReason::ended)
      .add(1, access(OpKind::read, kX, 0x12), 1)
      .add(1, access(OpKind::write, kX, 0x11), 3);
  EXPECT_EQ(explain(story_of(trace), assertion_of(0), {3, 4}, Ahead::unknown).pattern,
            CausePattern::none);
}

TEST(CausePatternTest, an_atomic_update_by_what_was_read_before_is_check_then_act) {
  TraceBuilder trace = interrupted_reader(OpKind::atomic_load);
  trace.add(2, access(OpKind::atomic_rmw, kX, 0x20), 0)
      .because(SwitchReason::ended)
      .add(1, access(OpKind::atomic_rmw, kX, 0x11), ~std::uint64_t{0});
  const Cause cause = explain(story_of(trace), assertion_of(0), {3, 4}, Ahead::unknown);
  EXPECT_EQ(cause.pattern, CausePattern::check_then_act);
  EXPECT_EQ(places(cause), (std::vector<Address>{0x10, 0x20, 0x11}));
}

TEST(CausePatternTest, a_second_look_that_finds_another_value_is_check_then_act) {
  TraceBuilder trace = interrupted_reader(OpKind::atomic_load);
  trace.add(2, access(OpKind::atomic_store, kX, 0x20), 0)
      .because(SwitchReason::ended)
      .add(1, access(OpKind::atomic_load, kX, 0x12), 0)
      .add(1, {.kind = OpKind::failure, .pc = 0x13});
  EXPECT_EQ(explain(story_of(trace), assertion_of(1), {3, 4}, Ahead::unknown).pattern,
            CausePattern::check_then_act);
}

TEST(CausePatternTest, a_thread_that_waits_for_a_change_is_not_between_check_and_act) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::atomic_load, kX, 0x10), 1)
      .because(SwitchReason::gave_way)
      .add(2, access(OpKind::atomic_store, kX, 0x20), 0)
      .because(SwitchReason::ended)
      .add(1, access(OpKind::atomic_load, kX, 0x10), 0)
      .add(1, {.kind = OpKind::failure, .pc = 0x13});
  EXPECT_EQ(explain(story_of(trace), assertion_of(1), {3, 4}, Ahead::unknown).pattern,
            CausePattern::none);
}

TEST(CausePatternTest, a_look_between_two_writes_breaks_their_atomicity) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::write, kX, 0x10), 90)
      .because(SwitchReason::preempted)
      .add(2, access(OpKind::read, kX, 0x20), 90)
      .add(2, access(OpKind::read, kY, 0x21), 100)
      .add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story story = story_of(trace, {event(1, access(OpKind::write, kY, 0x11))});
  const EventPair pair{5, 7};
  const Cause cause = explain(story, assertion_of(2), pair, Ahead::passes);
  EXPECT_EQ(cause.pattern, CausePattern::atomicity_violation);
  EXPECT_EQ(places(cause), (std::vector<Address>{0x10, 0x21, 0x11}));
  // Had T2 failed so before T1 did anything, it would be T2 that must wait.
  EXPECT_EQ(explain(story, assertion_of(2), pair, Ahead::fails).pattern,
            CausePattern::order_violation);
  EXPECT_EQ(explain(story, assertion_of(2), pair, Ahead::unknown).pattern, CausePattern::none);
}

TEST(CausePatternTest, a_look_at_what_nobody_has_written_is_a_use_before_initialisation) {
  TraceBuilder trace = two_threads();
  trace.add(2, access(OpKind::read, kX, 0x20), 0).add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story story = story_of(trace, {event(1, access(OpKind::write, kX, 0x10))});
  const Cause cause = explain(story, assertion_of(2), {3, 5}, Ahead::fails);
  EXPECT_EQ(cause.pattern, CausePattern::use_before_initialization);
  EXPECT_EQ(places(cause), (std::vector<Address>{0x20, 0x10}));
}

TEST(CausePatternTest, a_look_at_a_flag_that_is_not_yet_set_is_no_use_before_initialisation) {
  TraceBuilder trace = two_threads();
  trace.add(2, access(OpKind::atomic_load, kX, 0x20), 0)
      .add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story story = story_of(trace, {event(1, access(OpKind::atomic_store, kX, 0x10))});
  EXPECT_EQ(explain(story, assertion_of(2), {3, 5}, Ahead::fails).pattern,
            CausePattern::order_violation);
  // Nor is it where a plain variable is looked at again and again.
  TraceBuilder polls = two_threads();
  polls.add(2, access(OpKind::read, kX, 0x20), 0)
      .add(2, access(OpKind::read, kX, 0x20), 0)
      .add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story polled = story_of(polls, {event(1, access(OpKind::write, kX, 0x10))});
  EXPECT_EQ(explain(polled, assertion_of(2), {4, 6}, Ahead::fails).pattern,
            CausePattern::order_violation);
}

TEST(CausePatternTest, who_counts_uses_nothing_before_it_is_initialised) {
  TraceBuilder trace = two_threads();
  trace.add(2, access(OpKind::read, kX, 0x20), 0)
      .add(2, access(OpKind::write, kX, 0x21), 1)
      .add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story story = story_of(trace, {event(1, access(OpKind::write, kX, 0x10))});
  EXPECT_EQ(explain(story, assertion_of(2), {3, 6}, Ahead::fails).pattern, CausePattern::none);
}

TEST(CausePatternTest, a_look_at_an_old_value_is_an_order_violation) {
  TraceBuilder trace = two_threads();
  trace.add(2, access(OpKind::write, kX, 0x19), 0)
      .add(2, access(OpKind::read, kX, 0x20), 0)
      .add(2, {.kind = OpKind::failure, .pc = 0x22});
  const Story story = story_of(trace, {event(1, access(OpKind::write, kX, 0x10))});
  EXPECT_EQ(explain(story, assertion_of(2), {4, 6}, Ahead::fails).pattern,
            CausePattern::order_violation);
}

// T1 finds the lock taken and says so in x, which main looks at; T2 and T3 write y, which nobody
// goes by.
TEST(CausePatternTest, bystanders_are_tried_after_what_decided_what_was_found) {
  TraceBuilder trace = two_threads();
  trace.add(2, on(OpKind::mutex_lock, kLock, 0x20))
      .because(SwitchReason::preempted)
      .add(1, on(OpKind::mutex_trylock_fail, kLock, 0x10))
      .add(1, access(OpKind::write, kX, 0x11), 0)
      .because(SwitchReason::ended)
      .add(2, access(OpKind::write, kY, 0x21), 1)
      .add(3, access(OpKind::write, kY, 0x30), 2)
      .add(0, access(OpKind::read, kX, 0x31), 0)
      .add(0, {.kind = OpKind::failure, .pc = 0x32});
  const auto pairs = candidates(story_of(trace), assertion_of(0));
  const auto rank = [&pairs](EventPair pair) {
    return std::find(pairs.begin(), pairs.end(), pair) - pairs.begin();
  };
  EXPECT_LT(rank({3, 4}), rank({6, 7}));
  EXPECT_LT(rank({6, 7}), std::ssize(pairs));
}

TEST(CausePatternTest, an_access_to_what_another_thread_freed_is_a_use_after_free) {
  TraceBuilder trace = two_threads();
  trace.add(1, {.kind = OpKind::heap_free, .address = kX, .address2 = kX + 16, .pc = 0x10})
      .because(SwitchReason::preempted)
      .add(2, access(OpKind::read, kX + 8, 0x20), 0);
  const Story story = story_of(trace);
  const Failed failure{
      FailureKind::use_after_free, "", {place(2, access(OpKind::read, kX + 8, 0x20))}};
  EXPECT_EQ(candidates(story, failure), (std::vector<EventPair>{{3, 4}}));
  EXPECT_EQ(explain(story, failure, {3, 4}, Ahead::unknown).pattern, CausePattern::use_after_free);
  // Also where no other order is possible.
  const auto cause = explain_failure(story, failure);
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->pattern, CausePattern::use_after_free);
  EXPECT_EQ(cause->checked, 0U);
}

TEST(CausePatternTest, an_access_to_what_the_thread_itself_freed_is_none) {
  TraceBuilder trace = two_threads();
  trace.add(1, {.kind = OpKind::heap_free, .address = kX, .address2 = kX + 16, .pc = 0x10})
      .add(1, access(OpKind::read, kX, 0x11), 0);
  const Failed failure{FailureKind::use_after_free, "", {place(1, access(OpKind::read, kX, 0x11))}};
  const Story story = story_of(trace);
  EXPECT_TRUE(candidates(story, failure).empty());
  EXPECT_FALSE(explain_failure(story, failure).has_value());
}

TEST(CausePatternTest, a_notification_before_the_wait_is_a_lost_wake_up) {
  TraceBuilder trace = two_threads();
  trace.add(1, on(OpKind::cond_signal, kCond, 0x10))
      .because(SwitchReason::ended)
      .add(2, on(OpKind::mutex_lock, kLock, 0x20))
      .add(2, wait_on(kCond, kLock, 0x21));
  const Failed failure{FailureKind::lost_wakeup, "", {place(2, wait_on(kCond, kLock, 0x21))}};
  const Story story = story_of(trace);
  ASSERT_FALSE(candidates(story, failure).empty());
  EXPECT_EQ(candidates(story, failure).front(), (EventPair{3, 5}));
  EXPECT_EQ(explain(story, failure, {3, 5}, Ahead::unknown).pattern, CausePattern::lost_wakeup);
  // Of another thread's failure it says nothing.
  const Failed other{FailureKind::lost_wakeup, "", {place(1, wait_on(kCond, kLock, 0x21))}};
  EXPECT_EQ(explain(story, other, {3, 5}, Ahead::unknown).pattern, CausePattern::none);
}

TEST(CausePatternTest, locks_taken_crosswise_are_a_cycle) {
  TraceBuilder trace = two_threads();
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x10))
      .because(SwitchReason::preempted)
      .add(2, on(OpKind::mutex_lock, kOther, 0x20));
  const Failed failure{FailureKind::deadlock,
                       "",
                       {place(1, on(OpKind::mutex_lock, kOther, 0x11)),
                        place(2, on(OpKind::mutex_lock, kLock, 0x21))}};
  const Story story = story_of(trace, {event(1, on(OpKind::mutex_lock, kOther, 0x11)),
                                       event(2, on(OpKind::mutex_lock, kLock, 0x21))});
  for (const EventPair& pair : {EventPair{4, 5}, EventPair{3, 6}}) {
    const Cause cause = explain(story, failure, pair, Ahead::unknown);
    EXPECT_EQ(cause.pattern, CausePattern::lock_order_cycle);
    EXPECT_EQ(places(cause), (std::vector<Address>{0x10, 0x11, 0x20, 0x21}));
  }
  EXPECT_TRUE(explain_failure(story, failure).has_value());
}

TEST(CausePatternTest, a_lock_that_was_given_back_is_part_of_no_cycle) {
  TraceBuilder trace = two_threads();
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x10))
      .add(1, on(OpKind::mutex_unlock, kLock, 0x12))
      .because(SwitchReason::preempted)
      .add(2, on(OpKind::mutex_lock, kOther, 0x20));
  const Failed failure{FailureKind::deadlock,
                       "",
                       {place(1, on(OpKind::mutex_lock, kOther, 0x11)),
                        place(2, with(OpKind::thread_join, 1, 0x21))}};
  const Story story = story_of(trace, {event(1, on(OpKind::mutex_lock, kOther, 0x11))});
  EXPECT_EQ(explain(story, failure, {5, 6}, Ahead::unknown).pattern, CausePattern::none);
  EXPECT_FALSE(explain_failure(story, failure).has_value());
}

Failed race_on_x() {
  return {FailureKind::data_race,
          "",
          {place(2, access(OpKind::read, kX, 0x21)), place(1, access(OpKind::write, kX, 0x10))}};
}

TEST(CausePatternTest, data_behind_a_flag_that_orders_nothing_is_an_unsafe_publication) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::write, kX, 0x10), 42)
      .racy()
      .add(1, access(OpKind::atomic_store, kY, 0x11, MemoryOrder::relaxed), 1)
      .because(SwitchReason::ended)
      .add(2, access(OpKind::atomic_load, kY, 0x20, MemoryOrder::relaxed), 1)
      .add(2, access(OpKind::read, kX, 0x21), 42)
      .racy();
  const auto cause = explain_race(story_of(trace), race_on_x());
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->pattern, CausePattern::unsafe_publication);
  EXPECT_EQ(places(*cause), (std::vector<Address>{0x10, 0x11, 0x20, 0x21}));
}

TEST(CausePatternTest, a_pointer_that_races_publishes_what_it_points_to) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::write, kY, 0x9), 42)
      .add(1, access(OpKind::write, kX, 0x10), kY)
      .racy()
      .because(SwitchReason::ended)
      .add(2, access(OpKind::read, kX, 0x21), kY)
      .racy()
      .add(2, access(OpKind::read, kY, 0x22), 42);
  const auto cause = explain_race(story_of(trace), race_on_x());
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->pattern, CausePattern::unsafe_publication);
  EXPECT_EQ(places(*cause), (std::vector<Address>{0x9, 0x10, 0x21, 0x22}));
}

TEST(CausePatternTest, a_race_beside_a_flag_that_was_not_seen_is_just_a_race) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::write, kX, 0x10), 42)
      .racy()
      .because(SwitchReason::preempted)
      .add(2, access(OpKind::atomic_load, kY, 0x20, MemoryOrder::relaxed), 0)
      .add(2, access(OpKind::read, kX, 0x21), 42)
      .racy()
      .because(SwitchReason::ended)
      .add(1, access(OpKind::atomic_store, kY, 0x11, MemoryOrder::relaxed), 1);
  const auto cause = explain_race(story_of(trace), race_on_x());
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->pattern, CausePattern::data_race);
  EXPECT_EQ(places(*cause), (std::vector<Address>{0x10, 0x21}));
}

TEST(CausePatternTest, pairs_that_conflict_are_candidates_the_last_looks_first) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::read, kY, 0x10), 0)
      .add(1, access(OpKind::read, kX, 0x11), 0)
      .because(SwitchReason::preempted)
      .add(2, access(OpKind::write, kY, 0x20), 1)
      .add(2, access(OpKind::write, kX, 0x21), 1)
      .because(SwitchReason::ended)
      .add(0, access(OpKind::read, kX, 0x30), 1);
  const auto pairs = candidates(story_of(trace), assertion_of(0));
  ASSERT_GE(pairs.size(), 2U);
  const auto at = [&pairs](const EventPair& pair) {
    return std::find(pairs.begin(), pairs.end(), pair) - pairs.begin();
  };
  EXPECT_LT(at({4, 6}), at({3, 5}));
}

TEST(CausePatternTest, neighbours_in_one_word_of_memory_are_no_candidates_but_hide_none) {
  TraceBuilder trace = two_threads();
  trace.add(1, access(OpKind::read, kX, 0x10), 0)
      .add(1, access(OpKind::read, kX + 4, 0x11), 0)
      .because(SwitchReason::preempted)
      .add(2, access(OpKind::write, kX, 0x20), 1);
  EXPECT_EQ(candidates(story_of(trace), assertion_of(1)), (std::vector<EventPair>{{3, 5}}));
}

TEST(CausePatternTest, what_a_thread_did_before_another_was_started_is_no_candidate) {
  TraceBuilder trace;
  trace.add(0, access(OpKind::write, kX, 0x1), 1)
      .add(0, with(OpKind::thread_create, 1, 0x2))
      .because(SwitchReason::preempted)
      .add(1, access(OpKind::write, kX, 0x10), 2);
  EXPECT_TRUE(candidates(story_of(trace), assertion_of(0)).empty());
}

TEST(CausePatternTest, the_outermost_lock_is_the_one_held_longest) {
  TraceBuilder trace = two_threads();
  trace.add(1, on(OpKind::mutex_lock, kLock, 0x10))
      .add(1, on(OpKind::mutex_lock, kOther, 0x11))
      .add(1, access(OpKind::read, kX, 0x12), 0)
      .add(1, on(OpKind::mutex_unlock, kLock, 0x13))
      .add(1, access(OpKind::read, kX, 0x14), 0);
  const Story story = story_of(trace);
  EXPECT_EQ(outermost_lock(story, 5), 3U);
  EXPECT_EQ(outermost_lock(story, 7), 4U);
  EXPECT_EQ(outermost_lock(story, 3), 3U);
}

}  // namespace
}  // namespace heddle
