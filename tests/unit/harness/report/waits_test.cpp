#include "harness/report/waits.h"

#include <gtest/gtest.h>

#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::on;
using scenario::place;
using scenario::TraceBuilder;
using scenario::wait_on;

constexpr Address kLock = 0x10;
constexpr Address kCond = 0x20;

TEST(WaitsTest, who_took_or_notified_or_has_left_does_not_wait) {
  const Failed failure{
      FailureKind::deadlock,
      "",
      {place(0, on(OpKind::mutex_lock, kLock, 1)), place(1, wait_on(kCond, 0x30, 2)),
       place(2, on(OpKind::mutex_lock, kLock, 3), {}, "took what T0 waits for"),
       place(0, on(OpKind::cond_signal, kCond, 4))}};
  TraceBuilder trace;
  trace.add(2, on(OpKind::mutex_lock, kLock, 3)).add(2, {.kind = OpKind::thread_exit});
  const Trace run = trace.take();
  const std::vector<Place> waiting = waiting_places(failure, &run);
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].thread, 0U);
  EXPECT_EQ(waiting[1].thread, 1U);
}

TEST(WaitsTest, the_holder_is_named_where_the_lock_is_waited_for_and_not_where_a_thread_joins) {
  const FakeSymbols symbols{{{1, scenario::line("a", "a.cpp", 1)},
                             {2, scenario::line("b", "a.cpp", 2)},
                             {3, scenario::line("c", "a.cpp", 3)}},
                            {{kLock, "m"}}};
  const Failed failure{FailureKind::deadlock,
                       "",
                       {place(0, scenario::with(OpKind::thread_join, 1, 1)),
                        place(1, on(OpKind::mutex_lock, kLock, 2)),
                        place(0, on(OpKind::mutex_lock, kLock, 3), {}, "took what T1 waits for")}};
  TraceBuilder trace;
  trace.add(0, on(OpKind::mutex_lock, kLock, 3));
  Names names{symbols};
  const auto texts = wait_texts(failure, trace.take(), names);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].text, "waits for T1 to end at a.cpp:1");
  EXPECT_EQ(texts[1].text, "waits to lock m at a.cpp:2; T0 holds m since a.cpp:3");
}

}  // namespace
}  // namespace heddle
