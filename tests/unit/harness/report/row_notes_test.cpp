#include "harness/report/row_notes.h"

#include <gtest/gtest.h>

#include "tests/golden/fake_symbols.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::access;
using scenario::on;
using scenario::TraceBuilder;
using scenario::wait_on;

const Names& names() {
  static const FakeSymbols symbols{{}, {}};
  static const Names names{symbols};
  return names;
}

constexpr Address kCond = 0x10;
constexpr Address kMutex = 0x20;
constexpr Address kFlag = 0x30;

TEST(RowNotesTest, a_wait_that_nobody_ends_wakes_by_itself) {
  TraceBuilder trace;
  trace.add(1, wait_on(kCond, kMutex, 1)).add(1, on(OpKind::mutex_lock, kMutex, 1));
  const RowNotes notes = note_rows(trace.take(), false, names());
  EXPECT_EQ(notes.notes[1].before, "wakes without being notified; ");
  EXPECT_TRUE(notes.notes[1].choice);
  EXPECT_EQ(notes.objects, (std::set<Address>{kCond, kMutex}));
}

TEST(RowNotesTest, who_was_notified_or_may_have_been_does_not_wake_by_itself) {
  TraceBuilder trace;
  trace.add(1, wait_on(kCond, kMutex, 1))
      .add(2, wait_on(kCond, kMutex, 1))
      .add(0, on(OpKind::cond_signal, kCond, 2))
      .add(1, on(OpKind::mutex_lock, kMutex, 1))
      .add(2, on(OpKind::mutex_lock, kMutex, 1));
  Trace unknown = trace.take();
  const RowNotes perhaps = note_rows(unknown, false, names());
  EXPECT_EQ(perhaps.notes[2].after, " (wakes 1 of 2)");
  EXPECT_FALSE(perhaps.notes[3].choice);
  EXPECT_FALSE(perhaps.notes[4].choice);
  unknown.events[2].op.other = 2;
  const RowNotes known = note_rows(unknown, false, names());
  EXPECT_EQ(known.notes[2].after, " (wakes T2)");
  EXPECT_TRUE(known.notes[3].choice);
  EXPECT_FALSE(known.notes[4].choice);
}

TEST(RowNotesTest, a_compare_exchange_that_fails_though_it_matches_is_a_choice) {
  TraceBuilder trace;
  trace.add(1, access(OpKind::atomic_cas_fail, kFlag, 1), 0)
      .old_value(0)
      .add(1, access(OpKind::atomic_cas_fail, kFlag, 1), 1)
      .old_value(0);
  const RowNotes notes = note_rows(trace.take(), false, names());
  EXPECT_TRUE(notes.notes[0].choice);
  EXPECT_FALSE(notes.notes[1].choice);
}

TEST(RowNotesTest, a_stale_load_says_what_it_missed_where_memory_is_weak) {
  TraceBuilder trace;
  trace.add(1, access(OpKind::atomic_store, kFlag, 1), 7)
      .add(2, access(OpKind::atomic_load, kFlag, 2), 0)
      .add(2, access(OpKind::atomic_load, kFlag, 2), 7);
  const Trace run = trace.take();
  const RowNotes weak = note_rows(run, true, names());
  EXPECT_EQ(weak.notes[1].after, " (stale: T1 has stored 7)");
  EXPECT_TRUE(weak.notes[1].choice);
  EXPECT_FALSE(weak.notes[2].choice);
  EXPECT_FALSE(note_rows(run, false, names()).notes[1].choice);
}

}  // namespace
}  // namespace heddle
