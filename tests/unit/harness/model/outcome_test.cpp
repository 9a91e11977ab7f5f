#include "harness/model/outcome.h"

#include <gtest/gtest.h>

#include <set>

namespace heddle {
namespace {

Place place(ThreadId thread, Address pc, std::string note = "") {
  Place result;
  result.thread = thread;
  result.op.pc = pc;
  result.note = std::move(note);
  return result;
}

TEST(OutcomeTest, every_failure_kind_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(FailureKind::out_of_memory);
  for (int kind = 0; kind <= last; ++kind) names.insert(to_string(static_cast<FailureKind>(kind)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last + 1));
  EXPECT_EQ(names.count("unknown failure"), 0U);
  EXPECT_EQ(to_string(static_cast<FailureKind>(last + 1)), "unknown failure")
      << "a kind was added at the end: extend this test and the codec";
}

TEST(FailureKeyTest, a_data_race_is_the_same_whichever_thread_is_named_first) {
  const Failed race{FailureKind::data_race, "", {place(1, 0x10), place(2, 0x20)}};
  const Failed mirrored{FailureKind::data_race, "", {place(1, 0x20), place(2, 0x10)}};
  EXPECT_EQ(failure_key(race), failure_key(mirrored));
}

TEST(FailureKeyTest, thread_numbers_data_addresses_and_notes_do_not_matter) {
  Failed one{FailureKind::deadlock, "", {place(1, 0x10, "waits for T2"), place(2, 0x20)}};
  Failed other{FailureKind::deadlock, "", {place(7, 0x10, "waits for T9"), place(9, 0x20)}};
  other.places[0].op.address = 0x7ffe'0000;
  EXPECT_EQ(failure_key(one), failure_key(other));
}

TEST(FailureKeyTest, kinds_and_code_places_tell_failures_apart) {
  const Failed race{FailureKind::data_race, "", {place(1, 0x10), place(2, 0x20)}};
  const Failed elsewhere{FailureKind::data_race, "", {place(1, 0x10), place(2, 0x30)}};
  const Failed inversion{FailureKind::lock_inversion, "", {place(1, 0x10), place(2, 0x20)}};
  EXPECT_NE(failure_key(race), failure_key(elsewhere));
  EXPECT_NE(failure_key(race), failure_key(inversion));
}

TEST(FailureKeyTest, which_notification_was_lost_last_does_not_matter) {
  const auto lost_at = [](Address pc) {
    Place waits = place(1, 0x10);
    waits.op.kind = OpKind::cond_wait;
    Place notified = place(2, pc);
    notified.op.kind = OpKind::cond_signal;
    return Failed{FailureKind::lost_wakeup, "", {waits, notified}};
  };
  EXPECT_EQ(failure_key(lost_at(0x20)), failure_key(lost_at(0x30)));
  Failed elsewhere = lost_at(0x20);
  elsewhere.places.front().op.pc = 0x11;
  EXPECT_NE(failure_key(lost_at(0x20)), failure_key(elsewhere));
}

TEST(FailureKeyTest, a_place_counts_as_often_as_it_occurs) {
  const Failed once{FailureKind::data_race, "", {place(1, 0x10)}};
  const Failed twice{FailureKind::data_race, "", {place(1, 0x10), place(2, 0x10)}};
  EXPECT_NE(failure_key(once), failure_key(twice));
}

TEST(FailureKeyTest, the_first_place_of_an_assertion_is_not_exchangeable) {
  const Failed one{FailureKind::assertion, "x", {place(1, 0x10), place(2, 0x20)}};
  const Failed other{FailureKind::assertion, "x", {place(1, 0x20), place(2, 0x10)}};
  EXPECT_NE(failure_key(one), failure_key(other));
}

TEST(FailureKeyTest, the_message_counts_for_assertions_and_where_there_is_no_place) {
  const Failed assertion{FailureKind::assertion, "a == 1", {place(0, 0x10)}};
  const Failed assertion2{FailureKind::assertion, "b == 1", {place(0, 0x10)}};
  EXPECT_NE(failure_key(assertion), failure_key(assertion2));

  const Failed thrown{FailureKind::uncaught_exception, "id 17", {place(0, 0x10)}};
  const Failed thrown2{FailureKind::uncaught_exception, "id 18", {place(0, 0x10)}};
  EXPECT_EQ(failure_key(thrown), failure_key(thrown2));

  EXPECT_NE(failure_key({FailureKind::signal, "SIGSEGV", {}}),
            failure_key({FailureKind::signal, "SIGBUS", {}}));
}

TEST(FailureKeyTest, places_without_code_are_told_apart_by_their_notes) {
  const Failed one{FailureKind::deadlock, "", {place(1, 0, "waits for a")}};
  const Failed other{FailureKind::deadlock, "", {place(1, 0, "waits for b")}};
  EXPECT_NE(failure_key(one), failure_key(other));
}

TEST(FailureKeyTest, a_late_wake_up_makes_another_failure_and_its_twin_is_known) {
  Failed failure{.kind = FailureKind::assertion, .message = "x == 1", .places = {}};
  const std::uint64_t key = failure_key(failure);
  failure.late_wake = true;
  EXPECT_NE(failure_key(failure), key);
  EXPECT_EQ(failure_key(failure), key_with_late_wake(key));
  EXPECT_EQ(key_with_late_wake(failure_key(failure)), key);
}

}  // namespace
}  // namespace heddle
