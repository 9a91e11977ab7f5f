#include "harness/report/one_bug.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::access;
using scenario::line;
using scenario::on;
using scenario::place;
using scenario::wait_on;
using scenario::with;

constexpr Address kLeft = 0x4000;
constexpr Address kRight = 0x4008;
constexpr Address kOther = 0x4010;
constexpr Address kCond = 0x5000;
constexpr Address kMutex = 0x5100;
constexpr Address kSecondMutex = 0x5200;

// move() has `left` in line 3 (0x10), `right` in line 4 (0x11); total() looks at both in line 8
// (0x12, 0x13); get(x) is line 12 (0x14), called by f() in 20 (0x20) and g() in 30 (0x21); threads
// wait in 40 (0x30) and 41 (0x31).
FakeSymbols symbols() {
  const std::string file = "/src/a.cpp";
  return {{{0x10, line("move()", file, 3)},
           {0x11, line("move()", file, 4)},
           {0x12, line("total()", file, 8)},
           {0x13, line("total()", file, 8)},
           {0x14, line("get()", file, 12)},
           {0x20, line("f()", file, 20)},
           {0x21, line("g()", file, 30)},
           {0x30, line("left()", file, 40)},
           {0x31, line("right()", file, 41)},
           {0x40, line("main", file, 50)}},
          {{kLeft, "pockets.left"},
           {kRight, "pockets.right"},
           {kOther, "other"},
           {kCond, "changed"},
           {kMutex, "mutex"},
           {kSecondMutex, "second"}}};
}

Failed race(Address address, Address first, Address second, std::vector<Address> callers = {}) {
  return {FailureKind::data_race,
          "",
          {place(1, access(OpKind::write, address, first), callers),
           place(2, access(OpKind::read, address, second), callers)}};
}

Failed assertion() {
  return {FailureKind::assertion, "sum == 100", {place(0, {.kind = OpKind::failure, .pc = 0x40})}};
}

Event step(ThreadId thread, Op op) {
  Event event;
  event.thread = thread;
  event.op = op;
  return event;
}

// total() saw `left` after and `right` before they changed.
MinimalInterleaving violated() {
  MinimalInterleaving minimal;
  minimal.cause = Cause{.pattern = CausePattern::atomicity_violation,
                        .steps = {step(1, access(OpKind::write, kLeft, 0x10)),
                                  step(2, access(OpKind::read, kRight, 0x13)),
                                  step(1, access(OpKind::write, kRight, 0x11))}};
  return minimal;
}

std::vector<BesideWhich> told(const std::vector<ToldFailure>& failures) {
  return one_bug_each(failures, symbols());
}

TEST(OneBugTest, races_between_the_places_of_a_cause_are_told_with_it) {
  const Failed failed = assertion();
  const MinimalInterleaving minimal = violated();
  const Failed left = race(kLeft, 0x10, 0x12);
  const Failed right = race(kRight, 0x11, 0x13);
  // The race comes first in the list: the cause leads all the same.
  const auto beside = told({{&left, nullptr}, {&failed, &minimal}, {&right, nullptr}});
  EXPECT_EQ(beside[0].head, 1U);
  EXPECT_EQ(beside[0].why, SameBug::places_of_cause);
  EXPECT_EQ(beside[1].head, 1U);
  EXPECT_EQ(beside[1].why, SameBug::no);
  EXPECT_EQ(beside[2].head, 1U);
}

TEST(OneBugTest, a_race_in_other_lines_or_on_another_object_stays_apart) {
  const Failed failed = assertion();
  const MinimalInterleaving minimal = violated();
  const Failed elsewhere = race(kLeft, 0x10, 0x14);
  const Failed other_object = race(kOther, 0x10, 0x12);
  // Both of the thread that does both in the cause.
  const Failed one_side = race(kLeft, 0x10, 0x11);
  for (const Failed* apart : {&elsewhere, &other_object, &one_side}) {
    EXPECT_EQ(told({{&failed, &minimal}, {apart, nullptr}})[1].why, SameBug::no);
  }
}

TEST(OneBugTest, without_a_pattern_the_order_that_was_shown_to_decide_tells_as_much) {
  const Failed failed = assertion();
  MinimalInterleaving minimal;
  minimal.cause = Cause{.steps = {},
                        .first = step(1, access(OpKind::write, kLeft, 0x10)),
                        .second = step(2, access(OpKind::read, kLeft, 0x12)),
                        .checked = 2,
                        .passed = 2};
  const Failed left = race(kLeft, 0x10, 0x12);
  EXPECT_EQ(told({{&failed, &minimal}, {&left, nullptr}})[1].why, SameBug::places_of_cause);
  // That would be a guess.
  minimal.cause->passed = 1;
  EXPECT_EQ(told({{&failed, &minimal}, {&left, nullptr}})[1].why, SameBug::no);
}

TEST(OneBugTest, races_of_the_same_functions_on_one_object_are_one) {
  const Failed left = race(kLeft, 0x10, 0x12);
  const Failed right = race(kRight, 0x11, 0x13);
  const Failed other = race(kOther, 0x11, 0x13);
  const auto beside = told({{&left, nullptr}, {&right, nullptr}, {&other, nullptr}});
  EXPECT_EQ(beside[1].why, SameBug::same_object);
  EXPECT_EQ(beside[1].head, 0U);
  EXPECT_EQ(beside[2].why, SameBug::no);
}

TEST(OneBugTest, a_line_that_several_objects_go_through_is_not_one_place) {
  // get() of what has no name, called by f() in the cause and by g() in the race.
  const Address unnamed = 0x9000;
  const Failed failed = assertion();
  MinimalInterleaving minimal;
  Event read = step(1, access(OpKind::read, unnamed, 0x14));
  read.stack = {0x20};
  Event write = step(2, access(OpKind::write, unnamed, 0x14));
  write.stack = {0x20};
  minimal.cause = Cause{.pattern = CausePattern::lost_update, .steps = {read, write, read}};
  const Failed by_f = race(unnamed, 0x14, 0x14, {0x20});
  const Failed by_g = race(unnamed, 0x14, 0x14, {0x21});
  EXPECT_EQ(told({{&failed, &minimal}, {&by_f, nullptr}})[1].why, SameBug::places_of_cause);
  EXPECT_EQ(told({{&failed, &minimal}, {&by_g, nullptr}})[1].why, SameBug::no);
}

Failed stuck(FailureKind kind, ThreadId thread, Address pc, Address cond = kCond) {
  return {kind,
          "",
          {place(thread, wait_on(cond, kMutex, pc)),
           place(0, with(OpKind::thread_join, thread, 0x40))}};
}

TEST(OneBugTest, threads_that_are_stuck_in_the_same_lines_are_one_whichever_they_are) {
  const Failed first = stuck(FailureKind::deadlock, 1, 0x30);
  const Failed second = stuck(FailureKind::deadlock, 2, 0x30);
  const Failed elsewhere = stuck(FailureKind::deadlock, 2, 0x31);
  const Failed otherwise = stuck(FailureKind::lost_wakeup, 2, 0x30);
  const Failed another = stuck(FailureKind::deadlock, 2, 0x30, kOther);
  const auto beside = told({{&first, nullptr},
                            {&second, nullptr},
                            {&elsewhere, nullptr},
                            {&otherwise, nullptr},
                            {&another, nullptr}});
  EXPECT_EQ(beside[1].why, SameBug::same_waits);
  EXPECT_EQ(beside[2].why, SameBug::no);
  EXPECT_EQ(beside[3].why, SameBug::no);
  EXPECT_EQ(beside[4].why, SameBug::no);
}

// ThreadSanitizer has no threads and objects of ours to tell by: lines.
TEST(OneBugTest, what_thread_sanitizer_says_of_a_deadlock_or_a_use_after_free_stands_beside_it) {
  const Failed deadlock{FailureKind::deadlock,
                        "",
                        {place(1, with(OpKind::mutex_lock, kMutex, 0x30)),
                         place(2, with(OpKind::mutex_lock, kSecondMutex, 0x31)),
                         place(0, with(OpKind::thread_join, 1, 0x40))}};
  const Failed inversion{FailureKind::lock_inversion,
                         "lock-order-inversion",
                         {place(1, with(OpKind::mutex_lock, 0x77, 0x30)),
                          place(2, with(OpKind::mutex_lock, 0x78, 0x31))}};
  const Failed elsewhere{FailureKind::lock_inversion,
                         "lock-order-inversion",
                         {place(1, with(OpKind::mutex_lock, 0x77, 0x30)),
                          place(2, with(OpKind::mutex_lock, 0x78, 0x12))}};
  const Failed use{FailureKind::use_after_free, "", {place(1, access(OpKind::read, kLeft, 0x12))}};
  const Failed report{FailureKind::other_report,
                      "heap-use-after-free",
                      {place(1, access(OpKind::read, 0x77, 0x13))}};
  const auto beside = told({{&deadlock, nullptr},
                            {&inversion, nullptr},
                            {&elsewhere, nullptr},
                            {&use, nullptr},
                            {&report, nullptr}});
  EXPECT_EQ(beside[1].why, SameBug::same_places);
  EXPECT_EQ(beside[1].head, 0U);
  EXPECT_EQ(beside[2].why, SameBug::no);
  EXPECT_EQ(beside[4].why, SameBug::same_places);
  EXPECT_EQ(beside[4].head, 3U);
}

TEST(OneBugTest, threads_that_only_wait_for_each_others_end_are_not_told_by_that) {
  const Failed joins{FailureKind::deadlock, "", {place(0, with(OpKind::thread_join, 1, 0x40))}};
  const Failed others{FailureKind::deadlock, "", {place(0, with(OpKind::thread_join, 2, 0x40))}};
  EXPECT_EQ(told({{&joins, nullptr}, {&others, nullptr}})[1].why, SameBug::no);
}

// One condition under two mutexes, seen from either side.
MinimalInterleaving two_mutexes(Address flag_pc, Address wait_pc, Address waits_under,
                                Address changes_under) {
  MinimalInterleaving minimal;
  minimal.cause = Cause{.pattern = CausePattern::flag_under_another_mutex,
                        .steps = {step(2, access(OpKind::read, kLeft, wait_pc)),
                                  step(1, access(OpKind::write, kLeft, flag_pc)),
                                  step(1, on(OpKind::cond_signal, kCond, flag_pc)),
                                  step(2, wait_on(kCond, waits_under, wait_pc)),
                                  step(1, on(OpKind::mutex_lock, changes_under, flag_pc))}};
  return minimal;
}

TEST(OneBugTest, one_wrong_protocol_is_one_from_either_side) {
  const Failed first = stuck(FailureKind::lost_wakeup, 2, 0x30);
  const Failed second = stuck(FailureKind::lost_wakeup, 1, 0x31);
  const auto one = two_mutexes(0x10, 0x30, kMutex, kSecondMutex);
  const auto other = two_mutexes(0x11, 0x31, kSecondMutex, kMutex);
  const auto third = two_mutexes(0x11, 0x31, kSecondMutex, kOther);
  EXPECT_EQ(told({{&first, &one}, {&second, &other}})[1].why, SameBug::same_cause);
  EXPECT_EQ(told({{&first, &one}, {&second, &third}})[1].why, SameBug::no);
}

TEST(OneBugTest, one_pair_of_places_is_one_bug_whatever_comes_of_it) {
  const Failed failed = assertion();
  const Failed crashed{FailureKind::signal, "SIGSEGV", failed.places};
  const MinimalInterleaving torn = violated();
  MinimalInterleaving lost = violated();
  lost.cause->pattern = CausePattern::check_then_act;
  std::swap(lost.cause->steps[0], lost.cause->steps[2]);
  EXPECT_EQ(told({{&failed, &torn}, {&crashed, &lost}})[1].why, SameBug::same_cause);
  lost.cause->steps.pop_back();
  EXPECT_EQ(told({{&failed, &torn}, {&crashed, &lost}})[1].why, SameBug::no);
}

TEST(OneBugTest, what_is_the_same_as_something_told_beside_goes_to_its_head) {
  const Failed first = stuck(FailureKind::lost_wakeup, 2, 0x30);
  const Failed second = stuck(FailureKind::lost_wakeup, 1, 0x31);
  const auto one = two_mutexes(0x10, 0x30, kMutex, kSecondMutex);
  const auto other = two_mutexes(0x11, 0x31, kSecondMutex, kMutex);
  const Failed of_the_second = race(kLeft, 0x11, 0x31);
  const auto beside = told({{&first, &one}, {&second, &other}, {&of_the_second, nullptr}});
  EXPECT_EQ(beside[2].head, 0U);
  EXPECT_EQ(beside[2].why, SameBug::places_of_cause);
}

TEST(OneBugTest, what_needs_a_late_wake_up_is_told_as_such) {
  const Failed first = stuck(FailureKind::deadlock, 1, 0x30);
  Failed second = stuck(FailureKind::deadlock, 2, 0x30);
  second.late_wake = true;
  EXPECT_EQ(told({{&first, nullptr}, {&second, nullptr}})[1].why, SameBug::no);
}

}  // namespace
}  // namespace heddle
