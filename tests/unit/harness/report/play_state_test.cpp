#include "harness/report/play_state.h"

#include <gtest/gtest.h>

#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::on;
using scenario::wait_on;

constexpr Address kMutex = 0x10;
constexpr Address kCond = 0x20;
constexpr Address kFlag = 0x30;

using State = ThreadAt::State;

const FakeSymbols& symbols() {
  static const FakeSymbols names{
      {{1, scenario::line("work", "a.cpp", 1)}, {2, scenario::line("work", "a.cpp", 2)}},
      {{kMutex, "m"}, {kCond, "ready"}, {kFlag, "flag"}}};
  return names;
}

Event event(ThreadId thread, const Op& op) {
  Event made;
  made.thread = thread;
  made.op = op;
  return made;
}

ThreadAt at(ThreadId thread, State state, const Op& op) {
  return {.thread = thread, .state = state, .begun = true, .eager = false, .op = op, .stack = {}};
}

PlayState state_of(const Decision& decision, std::vector<Event> done = {}) {
  Names names{symbols()};
  return play_state(decision, done, Trace{.events = done}, names);
}

TEST(PlayState, threads_with_what_they_do_next_or_wait_for) {
  Decision decision;
  decision.usual = 1;
  decision.threads = {at(0, State::blocked, scenario::with(OpKind::thread_join, 1, 1)),
                      at(1, State::ready, on(OpKind::write, kFlag, 2)),
                      at(2, State::blocked, on(OpKind::mutex_lock, kMutex, 1)),
                      at(3, State::finished, on(OpKind::thread_exit, 0, 0)),
                      at(4, State::ready, {.kind = OpKind::thread_start})};
  const PlayState state = state_of(decision);
  ASSERT_EQ(state.threads.size(), 5U);
  EXPECT_EQ(state.threads[0].operation, "waits for T1 to end");
  EXPECT_EQ(state.threads[1].operation, "write flag");
  EXPECT_EQ(state.threads[1].source.line, 2U);
  EXPECT_EQ(state.threads[2].operation, "waits to lock m");
  EXPECT_EQ(state.threads[3].operation, "");
  EXPECT_EQ(state.threads[4].operation, "begin");
  EXPECT_EQ(state.usual, 1U);
  EXPECT_FALSE(state.question.has_value());
}

TEST(PlayState, who_has_begun_to_wait_and_was_notified_wakes_up) {
  Decision decision;
  decision.threads = {at(0, State::ready, wait_on(kCond, kMutex, 1))};
  EXPECT_EQ(state_of(decision).threads[0].operation, "wait on ready (gives up m)");
  EXPECT_EQ(state_of(decision, {event(0, wait_on(kCond, kMutex, 1))}).threads[0].operation,
            "wake up, and lock m");
}

TEST(PlayState, locks_are_held_until_they_are_given_up_as_often_as_they_were_taken) {
  Decision decision;
  decision.threads = {at(0, State::ready, on(OpKind::write, kFlag, 2))};
  const Event lock = event(0, on(OpKind::mutex_lock, kMutex, 1));
  const Event unlock = event(0, on(OpKind::mutex_unlock, kMutex, 2));
  const Event wait = event(0, wait_on(kCond, kMutex, 2));
  EXPECT_EQ(state_of(decision, {lock, unlock}).locks.size(), 0U);
  EXPECT_EQ(state_of(decision, {lock, wait}).locks.size(), 0U);
  EXPECT_EQ(state_of(decision, {lock, wait, lock}).locks.size(), 1U);
  // Recursive.
  EXPECT_EQ(state_of(decision, {lock, lock, unlock, unlock}).locks.size(), 0U);
  const PlayState held = state_of(decision, {lock, lock, unlock});
  ASSERT_EQ(held.locks.size(), 1U);
  EXPECT_EQ(held.locks[0].name, "m");
  EXPECT_EQ(held.locks[0].holder, 0U);
  EXPECT_EQ(held.locks[0].since.line, 1U);
}

TEST(PlayState, two_readers_of_a_lock_hold_it_both) {
  Decision decision;
  decision.threads = {at(0, State::ready, on(OpKind::write, kFlag, 2))};
  const auto read_lock = [](ThreadId thread) {
    return event(thread, on(OpKind::rwlock_read_lock, kMutex, 1));
  };
  const Event unlock = event(1, on(OpKind::rwlock_shared_unlock, kMutex, 1));
  const PlayState held = state_of(decision, {read_lock(0), read_lock(1), unlock});
  ASSERT_EQ(held.locks.size(), 1U);
  EXPECT_EQ(held.locks[0].holder, 0U);
}

TEST(PlayState, whom_a_notification_wakes_is_asked_by_name_in_the_order_of_waiting) {
  Decision decision;
  decision.thread = 0;
  decision.choice = Choice::waiter;
  decision.alternatives = 2;
  decision.threads = {at(0, State::ready, on(OpKind::cond_signal, kCond, 1)),
                      at(1, State::blocked, wait_on(kCond, kMutex, 2)),
                      at(2, State::blocked, wait_on(kCond, kMutex, 2)),
                      at(3, State::blocked, on(OpKind::mutex_lock, kMutex, 2))};
  const PlayState state = state_of(
      decision, {event(2, wait_on(kCond, kMutex, 2)), event(1, wait_on(kCond, kMutex, 2))});
  ASSERT_TRUE(state.question.has_value());
  EXPECT_EQ(state.question->alternatives, (std::vector<std::string>{"T2", "T1"}));
}

TEST(PlayState, who_is_asked_whether_it_wakes_waits_and_is_not_awake) {
  Decision decision;
  decision.thread = 0;
  decision.choice = Choice::spurious_wake;
  decision.alternatives = 2;
  decision.threads = {at(0, State::ready, wait_on(kCond, kMutex, 1))};
  const PlayState state = state_of(decision, {event(0, wait_on(kCond, kMutex, 1))});
  EXPECT_EQ(state.threads[0].operation, "waits on ready");
  ASSERT_TRUE(state.question.has_value());
  EXPECT_EQ(state.question->text, "T0 waits on ready. May it wake without being notified?");
}

}  // namespace
}  // namespace heddle
