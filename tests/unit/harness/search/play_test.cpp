#include "harness/search/play.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

constexpr Address kCounter = 0x1000;
constexpr Address kOther = 0x2000;

Event event(ThreadId thread, OpKind kind, Address address) {
  Event made;
  made.thread = thread;
  made.op = {.kind = kind, .size = 4, .address = address};
  return made;
}

// T1 is about to do `next`, T2 `beside`.
Decision decision(const Op& next, const Op& beside,
                  ThreadAt::State other = ThreadAt::State::ready) {
  Decision made;
  made.threads = {{.thread = 0, .state = ThreadAt::State::finished, .op = {}, .stack = {}},
                  {.thread = 1, .op = next, .stack = {}},
                  {.thread = 2, .state = other, .op = beside, .stack = {}}};
  return made;
}

Op op(OpKind kind, Address address) {
  return {.kind = kind, .size = 4, .address = address};
}

TEST(MeetsAnother, what_another_is_about_to_do_or_waits_for) {
  const Op write = op(OpKind::write, kCounter);
  EXPECT_TRUE(meets_another(decision(write, op(OpKind::read, kCounter)), 1, {}));
  EXPECT_TRUE(meets_another(decision(write, op(OpKind::read, kCounter + 3)), 1, {}));
  EXPECT_FALSE(meets_another(decision(write, op(OpKind::read, kCounter + 4)), 1, {}));
  EXPECT_FALSE(meets_another(decision(write, op(OpKind::write, kOther)), 1, {}));
  const Op lock = op(OpKind::mutex_lock, kCounter);
  EXPECT_TRUE(meets_another(decision(lock, lock, ThreadAt::State::blocked), 1, {}));
  EXPECT_FALSE(meets_another(decision(lock, lock, ThreadAt::State::finished), 1, {}));
}

TEST(MeetsAnother, two_that_only_look_do_not_meet) {
  const Op read = op(OpKind::read, kCounter);
  EXPECT_FALSE(meets_another(decision(read, read), 1, {}));
  EXPECT_FALSE(meets_another(decision(read, op(OpKind::atomic_load, kCounter)), 1, {}));
}

TEST(MeetsAnother, what_another_has_done_before) {
  const Decision now = decision(op(OpKind::read, kCounter), op(OpKind::yield, 0));
  const std::vector<Event> own = {event(1, OpKind::write, kCounter)};
  const std::vector<Event> others = {event(2, OpKind::write, kCounter)};
  EXPECT_FALSE(meets_another(now, 1, own));
  EXPECT_TRUE(meets_another(now, 1, others));
}

TEST(MeetsAnother, a_life_of_its_own_meets_nobody) {
  const Op join{.kind = OpKind::thread_join, .other = 2};
  EXPECT_FALSE(meets_another(decision(join, join), 1, {}));
}

TEST(ShownEvents, plain_accesses_only_of_what_several_use_and_somebody_writes) {
  const Trace run{.events = {event(1, OpKind::read, kCounter), event(1, OpKind::write, kOther),
                             event(2, OpKind::write, kCounter), event(1, OpKind::read, 0x3000),
                             event(2, OpKind::read, 0x3000), event(1, OpKind::mutex_lock, 0x4000)}};
  const std::vector<Event> shown = shown_events(run.events, run);
  ASSERT_EQ(shown.size(), 3U);
  EXPECT_EQ(shown[0].op.address, kCounter);
  EXPECT_EQ(shown[1].op.address, kCounter);
  EXPECT_EQ(shown[2].op.kind, OpKind::mutex_lock);
  // Who else uses it may come to that only later.
  EXPECT_EQ(shown_events(std::span(run.events).first(1), run).size(), 1U);
}

}  // namespace
}  // namespace heddle
