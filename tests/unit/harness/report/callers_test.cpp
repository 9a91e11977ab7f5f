#include "harness/report/callers.h"

#include <gtest/gtest.h>

#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::line;

// A lock of the program's own, in line 5 of lock.h, and a push_back in line 8, called by first()
// and second().
FakeSymbols symbols() {
  return {{{0x10, line("Lock::lock()", "/src/lock.h", 5)},
           {0x11, line("std::vector<int>::push_back(int&&)", "/usr/include/c++/12/v.tcc", 100)},
           {0x12, line("add(int)", "/src/a.cpp", 8)},
           {0x20, line("first()", "/src/a.cpp", 20)},
           {0x21, line("second()", "/src/a.cpp", 30)},
           {0x30, line("std::thread::_M_run()", "/usr/include/c++/12/thread", 210)}},
          {}};
}

Event step(ThreadId thread, Op op, std::vector<Address> stack) {
  Event event;
  event.thread = thread;
  event.op = op;
  event.stack = std::move(stack);
  return event;
}

TEST(CallersTest, a_lock_of_the_programs_own_is_told_by_who_called_it) {
  const FakeSymbols names = symbols();
  const Op lock = scenario::on(OpKind::mutex_lock, 0x5000, 0x10);
  MinimalInterleaving minimal;
  minimal.cause = Cause{.pattern = CausePattern::lock_order_cycle,
                        .steps = {step(1, lock, {0x20, 0x30}), step(1, lock, {0x20, 0x30}),
                                  step(2, lock, {0x21, 0x30})}};
  const auto callers = callers_of({FailureKind::deadlock, "", {}}, &minimal, names);
  EXPECT_EQ(callers_text(callers, names),
            "T1 in Lock::lock (lock.h:5), called from first (a.cpp:20); T2 in Lock::lock "
            "(lock.h:5), called from second (a.cpp:30)");
  for (const Called& called : callers) EXPECT_TRUE(called.synchronises);
}

TEST(CallersTest, without_a_pattern_the_places_of_the_failure_are_told_and_libraries_passed_over) {
  const FakeSymbols names = symbols();
  const Op write = scenario::access(OpKind::write, 0x6000, 0x11);
  const Failed race{
      FailureKind::data_race,
      "",
      {scenario::place(1, write, {0x12, 0x20, 0x30}), scenario::place(2, write, {0x12, 0x30})}};
  const auto callers = callers_of(race, nullptr, names);
  EXPECT_EQ(callers_text(callers, names), "T1 in add (a.cpp:8), called from first (:20)");
  EXPECT_FALSE(callers[0].synchronises);
}

}  // namespace
}  // namespace heddle
