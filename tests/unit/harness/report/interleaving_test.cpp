#include "harness/report/interleaving.h"
#include "harness/report/waits.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/report/row_marks.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

using scenario::TraceBuilder;

// "T1 read counter -> 0 [T0 blocked]", a row a line: short to write, and a mismatch is easy to
// read.
std::vector<std::string> summary(const Interleaving& interleaving) {
  std::vector<std::string> lines;
  for (const InterleavingRow& row : interleaving.rows) {
    if (row.kind == InterleavingRow::Kind::elided) {
      lines.push_back("... " + row.text);
      continue;
    }
    std::string text = thread_name(row.thread) + ' ' + row.text;
    if (row.times > 1) text += " x" + std::to_string(row.times);
    if (row.kind == InterleavingRow::Kind::failure) text += " !";
    if (row.switched_from != kNoThread) {
      text += " [" + thread_name(row.switched_from) + ' ' +
              std::to_string(static_cast<int>(row.why)) + ']';
    }
    lines.push_back(text);
  }
  return lines;
}

constexpr int kPreempted = static_cast<int>(SwitchReason::preempted);
constexpr int kEnded = static_cast<int>(SwitchReason::ended);

std::string switched(ThreadId from, int why) {
  return " [" + thread_name(from) + ' ' + std::to_string(why) + ']';
}

using Lines = std::vector<std::string>;

TEST(InterleavingTest, a_lost_update_is_six_rows) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  const Interleaving interleaving = select_rows(scenario::unlocked_counter_trace(),
                                                scenario::unlocked_counter_assertion(), names);
  EXPECT_EQ(
      summary(interleaving),
      (Lines{"T1 read counter -> 0", "T2 read counter -> 0" + switched(1, kPreempted),
             "T2 write counter <- 1", "T1 write counter <- 1" + switched(2, kEnded),
             "T0 read counter -> 1" + switched(1, kEnded), "T0 assertion failed: counter == 2 !"}));
  EXPECT_EQ(interleaving.threads, (std::vector<ThreadId>{0, 1, 2}));
  EXPECT_EQ(interleaving.rows[0].source.line, 11U);
  EXPECT_EQ(interleaving.rows[0].step, 3U);
  EXPECT_EQ(interleaving.rows[5].number, 6U);
}

TEST(InterleavingTest, a_race_ends_with_its_last_access) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  const Interleaving interleaving =
      select_rows(scenario::unlocked_counter_trace(), scenario::unlocked_counter_race(), names);
  EXPECT_EQ(summary(interleaving),
            (Lines{"T1 read counter -> 0", "T2 read counter -> 0" + switched(1, kPreempted),
                   "T2 write counter <- 1", "T1 write counter <- 1" + switched(2, kEnded)}));
  EXPECT_TRUE(interleaving.rows[0].racy);
  EXPECT_FALSE(interleaving.rows[1].racy);
}

TEST(InterleavingTest, what_main_hands_to_a_thread_at_its_start_does_not_matter) {
  // Own code on both sides: only the order by the thread's creation makes the accesses harmless.
  const FakeSymbols symbols{
      {{1, scenario::line("main", "a.cpp", 1)}, {2, scenario::line("work", "a.cpp", 2)}}, {}};
  TraceBuilder trace;
  trace.add(0, scenario::access(OpKind::write, 0x10, 1), 7)
      .add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::with(OpKind::thread_join, 1, 1))
      .because(SwitchReason::blocked)
      .add(1, scenario::access(OpKind::read, 0x10, 2), 7)
      .add(1, scenario::access(OpKind::write, 0x10, 2), 8)
      .because(SwitchReason::ended)
      .add(0, scenario::access(OpKind::read, 0x10, 1), 8);
  Names names{symbols};
  const Failed failure{FailureKind::assertion, "x", {}};
  EXPECT_EQ(summary(select_rows(trace.take(), failure, names)), Lines{});
}

TEST(InterleavingTest, memory_without_a_conflicting_access_does_not_matter) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}}, {}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::access(OpKind::read, 0x10, 1), 1)
      .add(1, scenario::access(OpKind::read, 0x10, 1), 1)
      .add(0, scenario::access(OpKind::write, 0x20, 1), 1)
      .add(1, scenario::access(OpKind::write, 0x24, 1), 1);
  Names names{symbols};
  EXPECT_EQ(summary(select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names)), Lines{});
}

TEST(InterleavingTest, accesses_that_overlap_conflict) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}},
                            {{0x10, "pair"}, {0x14, "pair.second"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::access(OpKind::write, 0x10, 1, MemoryOrder::relaxed, 8), 1)
      .add(1, scenario::access(OpKind::read, 0x14, 1), 0);
  Names names{symbols};
  EXPECT_EQ(summary(select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names)),
            (Lines{"T0 write pair <- 1", "T1 read pair.second -> 0 [T0 0]"}));
}

TEST(InterleavingTest, a_lost_wake_up_shows_the_signal_that_nobody_heard) {
  const auto scenario = scenario::queue_handoff();
  Names names{scenario.symbols};
  const Interleaving interleaving =
      select_rows(scenario::lost_wakeup_trace(), scenario::lost_wakeup_failure(), names);
  EXPECT_EQ(summary(interleaving),
            (Lines{"T1 lock mutex", "T1 std::queue::empty(items)", "T1 unlock mutex",
                   "T2 lock mutex" + switched(1, kPreempted), "T2 std::queue::push(items)",
                   "T2 unlock mutex", "T2 signal ready (nobody waits)",
                   "T1 lock mutex" + switched(2, kEnded), "T1 wait on ready: never woken !"}));
}

TEST(InterleavingTest, a_signal_says_whom_it_wakes) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}}, {{0x10, "c"}, {0x20, "m"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::with(OpKind::thread_create, 2, 1))
      .add(1, scenario::wait_on(0x10, 0x20, 1))
      .add(0, scenario::on(OpKind::cond_signal, 0x10, 1))
      .add(0, scenario::on(OpKind::cond_signal, 0x10, 1))
      .add(2, scenario::wait_on(0x10, 0x20, 1))
      .add(0, scenario::on(OpKind::cond_broadcast, 0x10, 1));
  Names names{symbols};
  const Interleaving interleaving =
      select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names);
  ASSERT_EQ(interleaving.rows.size(), 5U);
  EXPECT_EQ(interleaving.rows[1].text, "signal c (wakes T1)");
  EXPECT_EQ(interleaving.rows[2].text, "signal c (nobody waits)");
  EXPECT_EQ(interleaving.rows[4].text, "signal all on c (wakes 1 thread)");
}

TEST(InterleavingTest, a_deadlock_shows_locks_and_no_memory) {
  const auto scenario = scenario::abba();
  Names names{scenario.symbols};
  Trace trace = scenario::deadlock_trace();
  EXPECT_EQ(summary(select_rows(trace, scenario::deadlock_failure(), names)),
            (Lines{"T1 lock from.mutex", "T2 lock to.mutex" + switched(1, kPreempted),
                   "T1 still waits to lock to.mutex ! [T2 0]",
                   "T2 still waits to lock from.mutex ! [T1 0]"}));
}

TEST(InterleavingTest, the_holder_of_a_mutex_is_who_locked_it_last_and_did_not_let_go) {
  const auto scenario = scenario::abba();
  Trace trace = scenario::deadlock_trace();
  EXPECT_EQ(holder_of(trace, scenario::kLockB, scenario.symbols).thread, 2U);
  EXPECT_EQ(holder_of(trace, scenario::kLockB, scenario.symbols).source.line, 7U);
  trace.events.push_back(
      {.thread = 2, .op = {.kind = OpKind::mutex_unlock, .address = scenario::kLockB}});
  EXPECT_EQ(holder_of(trace, scenario::kLockB, scenario.symbols).thread, kNoThread);
}

TEST(InterleavingTest, loops_are_folded_around_a_preemption) {
  const FakeSymbols symbols = scenario::loop_symbols();
  Names names{symbols};
  const Interleaving interleaving =
      select_rows(scenario::loop_trace(12), scenario::loop_failure(), names);
  const Lines lines = summary(interleaving);
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[0], "T1 load total -> 0 .. 9 (relaxed) x10");
  EXPECT_EQ(lines[1], "T1 store total <- 1 .. 10 (relaxed) x10");
  EXPECT_EQ(lines[2], "T1 load total -> 10 (relaxed)");
  EXPECT_EQ(lines[3], "T2 load total -> 10 .. 21 (relaxed) x12" + switched(1, kPreempted));
  EXPECT_EQ(lines[4], "T2 store total <- 11 .. 22 (relaxed) x12");
  EXPECT_EQ(lines[5], "T1 store total <- 11 (relaxed)" + switched(2, kEnded));
  EXPECT_EQ(interleaving.rows[0].fold_rows, 0U);
  EXPECT_EQ(interleaving.rows[1].fold_rows, 2U);
}

TEST(InterleavingTest, the_last_rows_are_of_all_that_was_done_in_own_code) {
  const FakeSymbols symbols{{{1, scenario::line("wait", "a.cpp", 1)},
                             {2, scenario::line("std::wait", "/usr/include/c++/12/atomic", 2)}},
                            {{0x10, "flag"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::with(OpKind::thread_join, 1, 1))
      .because(SwitchReason::blocked)
      .add(1, {.kind = OpKind::yield, .pc = 1})
      .add(1, scenario::access(OpKind::read, 0x18, 2), 0)
      .add(1, scenario::access(OpKind::read, 0x10, 1), 0);
  Names names{symbols};
  const Trace whole = trace.take();
  const Interleaving all = select_last_rows(whole, names);
  EXPECT_EQ(summary(all), (Lines{"T0 start T1", "T0 wait for T1 to end", "T1 yield [T0 2]",
                                 "T1 read flag -> 0"}));
  EXPECT_FALSE(all.truncated);
  EXPECT_EQ(all.threads, (std::vector<ThreadId>{0, 1}));
  const Interleaving last = select_last_rows(whole, names, 1);
  EXPECT_EQ(summary(last), (Lines{"T1 read flag -> 0"}));
  EXPECT_TRUE(last.truncated);
  EXPECT_EQ(last.rows.front().number, 1U);
  EXPECT_EQ(last.threads, (std::vector<ThreadId>{1}));
}

TEST(InterleavingTest, no_loop_is_cut_where_the_last_rows_begin) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}},
                            {{0x10, "a"}, {0x20, "b"}, {0x30, "c"}}};
  TraceBuilder trace;
  trace.add(0, scenario::access(OpKind::read, 0x30, 1), 1);
  for (int i = 0; i < 5; ++i) {
    trace.add(0, scenario::access(OpKind::read, 0x10, 1), 1)
        .add(0, scenario::access(OpKind::read, 0x20, 1), 2);
  }
  trace.add(0, scenario::access(OpKind::read, 0x30, 1), 3);
  Names names{symbols};
  const Trace whole = trace.take();
  const Lines loop{"T0 read a -> 1 x5", "T0 read b -> 2 x5", "T0 read c -> 3"};
  EXPECT_EQ(summary(select_last_rows(whole, names, 3)), loop);
  EXPECT_EQ(summary(select_last_rows(whole, names, 2)), loop);
  EXPECT_EQ(summary(select_last_rows(whole, names, 1)), Lines{"T0 read c -> 3"});
}

TEST(InterleavingTest, two_rounds_are_not_folded) {
  const FakeSymbols symbols = scenario::loop_symbols();
  Names names{symbols};
  for (const InterleavingRow& row :
       select_rows(scenario::loop_trace(2), scenario::loop_failure(), names).rows) {
    EXPECT_EQ(row.times, 1U) << row.text;
  }
}

TEST(InterleavingTest, turns_of_threads_that_wait_for_each_other_are_told_once) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}}, {{0x10, "x"}, {0x20, "y"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1));
  constexpr int kTurns = 5;
  constexpr int kLooks = 20;  // more than a loop's longest round, which a turn would fold into
  for (int turn = 0; turn < kTurns; ++turn) {
    for (int look = 0; look < kLooks; ++look) {
      if (turn > 0 && look == 0) trace.because(SwitchReason::gave_way);
      trace.add(0, scenario::access(OpKind::atomic_load, 0x10, 1), 7);
    }
    for (int look = 0; look < kLooks; ++look) {
      if (look == 0) trace.because(SwitchReason::gave_way);
      trace.add(1, scenario::access(OpKind::atomic_load, 0x20, 1), 7);
    }
  }
  trace.add(0, scenario::access(OpKind::atomic_store, 0x20, 1), 1);
  trace.add(1, scenario::access(OpKind::atomic_store, 0x10, 1), 1);
  Names names{symbols};
  const Interleaving interleaving =
      select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names);
  const Lines lines = summary(interleaving);
  constexpr int kGaveWay = static_cast<int>(SwitchReason::gave_way);
  ASSERT_GE(lines.size(), 5U);
  EXPECT_EQ(lines[0], "T0 load x -> 7 x20");
  EXPECT_EQ(lines[1], "T1 load y -> 7 x20" + switched(0, kGaveWay));
  EXPECT_EQ(lines[2], "T0 load x -> 7 x20" + switched(1, kGaveWay));
  EXPECT_EQ(lines[3], "... these 2 rows again, 3 more times");
  EXPECT_EQ(interleaving.rows[4].number, 4U);
}

TEST(InterleavingTest, a_switch_is_explained_though_it_happened_at_a_hidden_event) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}}, {{0x10, "x"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1))
      .add(0, scenario::with(OpKind::thread_create, 2, 1))
      .add(1, scenario::access(OpKind::write, 0x10, 1), 1)
      .because(SwitchReason::blocked)
      .add(0, scenario::with(OpKind::thread_join, 1, 1))
      .because(SwitchReason::preempted)
      .add(2, scenario::access(OpKind::read, 0x10, 1), 1);
  Names names{symbols};
  const Interleaving interleaving =
      select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names);
  ASSERT_EQ(interleaving.rows.size(), 2U);
  EXPECT_EQ(interleaving.rows[1].switched_from, 1U);
  EXPECT_EQ(interleaving.rows[1].why, SwitchReason::blocked);
}

TEST(InterleavingTest, too_many_rows_lose_their_middle_and_keep_their_end) {
  const FakeSymbols symbols{{{1, scenario::line("work", "a.cpp", 1)}}, {{0x10, "x"}}};
  TraceBuilder trace;
  trace.add(0, scenario::with(OpKind::thread_create, 1, 1));
  for (std::uint64_t i = 0; i < 100; ++i) {
    trace.add(static_cast<ThreadId>(i % 2), scenario::access(OpKind::write, 0x10, 1), i);
  }
  Names names{symbols};
  const Interleaving interleaving =
      select_rows(trace.take(), {FailureKind::assertion, "x", {}}, names, {.max_rows = 8});
  ASSERT_EQ(interleaving.rows.size(), 8U);
  EXPECT_EQ(interleaving.rows[1].text, "write x <- 1");
  EXPECT_EQ(interleaving.rows[2].text, "93 rows left out");
  EXPECT_EQ(interleaving.rows[3].number, 96U);
  EXPECT_EQ(interleaving.rows[7].text, "write x <- 99");
}

TEST(InterleavingTest, an_empty_trace_has_no_rows_but_the_failure) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  EXPECT_EQ(summary(select_rows({}, scenario::unlocked_counter_assertion(), names)),
            Lines{"T0 assertion failed: counter == 2 !"});
  EXPECT_EQ(summary(select_rows({}, scenario::unlocked_counter_race(), names)), Lines{});
}

std::size_t preemptions_told(const Interleaving& interleaving) {
  std::size_t told = 0;
  for (const InterleavingRow& row : interleaving.rows) told += preemptions_in(row);
  return told;
}

TEST(InterleavingTest, a_preemption_between_rows_is_told_at_the_next_one) {
  // T1 is preempted for T2, which does nothing that is shown before T1 goes on.
  scenario::TraceBuilder trace;
  const auto write = scenario::access(OpKind::write, scenario::kCounter, 0x11);
  trace.add(0, scenario::with(OpKind::thread_create, 1, 0x21))
      .add(0, scenario::with(OpKind::thread_create, 2, 0x23))
      .because(SwitchReason::preempted)
      .add(1, write, 1)
      .because(SwitchReason::preempted)
      .add(2, {.kind = OpKind::thread_start})
      .because(SwitchReason::preempted)
      .add(1, write, 2)
      .because(SwitchReason::ended)
      .add(2, write, 3)
      .because(SwitchReason::ended)
      .add(0, {.kind = OpKind::failure, .pc = 0x13});
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  const Interleaving interleaving =
      select_rows(trace.take(), scenario::unlocked_counter_assertion(), names);
  ASSERT_EQ(interleaving.rows.size(), 4U);
  EXPECT_EQ(interleaving.rows[0].preempted, std::vector<ThreadId>{0});
  EXPECT_EQ(interleaving.rows[1].preempted, (std::vector<ThreadId>{1, 2}));
  EXPECT_TRUE(interleaving.rows[2].preempted.empty());
  EXPECT_EQ(preemptions_told(interleaving), 3U);
}

// What std::barrier does with its counters, and what std::atomic does with one.
TEST(InterleavingTest, what_a_library_does_with_atomics_is_its_call) {
  using scenario::access;
  const std::string file = "/src/meet.cpp";
  const auto called = [&](const char* function, const char* header, unsigned number) {
    return std::vector<Frame>{{function, header, 500}, {"meet()", file, number}};
  };
  const auto barrier =
      called("std::barrier<>::arrive_and_wait()", "/usr/include/c++/12/barrier", 9);
  const FakeSymbols symbols{{{0x90, barrier},
                             {0x91, barrier},
                             {0x92, called("std::__atomic_base<int>::load(std::memory_order) const",
                                           "/usr/include/c++/12/bits/atomic_base.h", 10)}},
                            {{scenario::kAtomic, "gate"},
                             {scenario::kCounter, "met"},
                             {0x7100, "std::__detail::__waiter_pool::pool"}}};
  TraceBuilder trace;
  for (const ThreadId thread : {1U, 2U}) {
    trace.add(thread, access(OpKind::atomic_rmw, 0x7100, 0x90), thread)
        .add(thread, access(OpKind::atomic_load, scenario::kAtomic, 0x91), 0)
        .add(thread, access(OpKind::atomic_load, scenario::kAtomic, 0x91), 1)
        .add(thread, access(OpKind::atomic_rmw, scenario::kAtomic, 0x90), 1)
        .add(thread, access(OpKind::atomic_load, scenario::kCounter, 0x92), 7)
        .add(thread, access(OpKind::atomic_store, scenario::kCounter, 0x92), 7);
  }
  Names names{symbols};
  const Failed failure{FailureKind::abort, "abort() was called", {}};
  const Interleaving interleaving = select_rows(trace.take(), failure, names);
  ASSERT_EQ(interleaving.rows.size(), 8U) << testing::PrintToString(summary(interleaving));
  EXPECT_EQ(interleaving.rows[0].text, "std::barrier::arrive_and_wait(gate)");
  EXPECT_EQ(interleaving.rows[2].text, "load met -> 7");
}

// The condition that made it throw is told, and not the words that it throws.
TEST(InterleavingTest, what_an_exception_is_made_with_decides_nothing) {
  const std::string file = "/src/take.cpp";
  const FakeSymbols symbols{{{0x10, scenario::line("take()", file, 5)},
                             {0x11, scenario::line("take()", file, 5)},
                             {0x12, scenario::line("take()", file, 5)}},
                            {{scenario::kCounter, "left"}}};
  TraceBuilder trace;
  trace.add(1, scenario::access(OpKind::write, scenario::kCounter, 0x10), 0)
      .add(2, scenario::access(OpKind::read, scenario::kCounter, 0x10), 0)
      .because(SwitchReason::ended)
      .add(2, scenario::access(OpKind::read, 0x9000, 0x11), 77)
      .add(2, scenario::access(OpKind::read, scenario::kCounter, 0x12), 78);
  Names names{symbols};
  const Failed failure{FailureKind::uncaught_exception,
                       "std::runtime_error: empty",
                       {scenario::place(2, {.kind = OpKind::failure, .pc = 0x12})}};
  const Trace events = trace.take();
  const Interleaving interleaving = select_rows(events, failure, names);
  for (const InterleavingRow& row : interleaving.rows) {
    EXPECT_EQ(row.text.find("77"), std::string::npos) << row.text;
    EXPECT_FALSE(row.decides && row.text.find("78") != std::string::npos) << row.text;
  }
  EXPECT_TRUE(interleaving.rows[1].decides);
}

std::vector<std::size_t> marked(const Interleaving& interleaving) {
  std::vector<std::size_t> numbers;
  for (const InterleavingRow& row : interleaving.rows) {
    if (row.decides) numbers.push_back(row.number);
  }
  return numbers;
}

TEST(InterleavingTest, rows_that_decide_are_marked) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  // The failure and what its condition looked at, and without a cause what races; with one, its
  // steps.
  const MinimalInterleaving& minimal = *scenario.result.engines[2].findings[0].minimal;
  const Failed failure = scenario::unlocked_counter_assertion();
  EXPECT_EQ(marked(select_rows(minimal.trace, failure, names)),
            (std::vector<std::size_t>{1, 3, 4, 5, 6}));
  InterleavingOptions cited = rows_of(minimal);
  cited.cited.resize(1);
  EXPECT_EQ(marked(select_rows(minimal.trace, failure, names, cited)),
            (std::vector<std::size_t>{1, 5, 6}));
  // Of a race what races.
  EXPECT_EQ(marked(select_rows(minimal.trace, scenario::unlocked_counter_race(), names)),
            (std::vector<std::size_t>{1, 3, 4}));
}

TEST(InterleavingTest, waits_notifications_and_locks_that_are_held_are_marked) {
  const auto symbols = scenario::queue_symbols();
  Names names{symbols};
  const Interleaving lost =
      select_rows(scenario::lost_wakeup_trace(), scenario::lost_wakeup_failure(), names);
  for (const InterleavingRow& row : lost.rows) {
    const bool decides = row.text.starts_with("signal") || row.text.starts_with("wait");
    EXPECT_EQ(row.decides, decides) << row.text;
  }
  const auto abba = scenario::abba();
  Names locks{abba.symbols};
  const Interleaving stuck =
      select_rows(scenario::deadlock_trace(), scenario::deadlock_failure(), locks);
  EXPECT_EQ(marked(stuck), (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(InterleavingTest, what_was_looked_at_before_a_wait_is_marked) {
  scenario::TraceBuilder trace;
  trace.add(1, scenario::on(OpKind::mutex_lock, scenario::kQueueMutex, 0x60))
      .add(1, scenario::access(OpKind::read, scenario::kCounter, 0x10), 0)
      .add(1, scenario::wait_on(scenario::kReady, scenario::kQueueMutex, 0x66))
      .because(SwitchReason::blocked)
      .add(2, scenario::access(OpKind::write, scenario::kCounter, 0x11), 1)
      .because(SwitchReason::ended)
      .add(0, scenario::with(OpKind::thread_join, 1, 0x52));
  const auto symbols = scenario::queue_symbols();
  Names names{symbols};
  const Failed failure{
      FailureKind::deadlock,
      "",
      {scenario::place(1, scenario::wait_on(scenario::kReady, scenario::kQueueMutex, 0x66))}};
  const Trace events = trace.take();
  const std::set<std::size_t> marks = deciding_events(events, failure, {});
  EXPECT_EQ(marks, (std::set<std::size_t>{1, 2}));
}

}  // namespace
}  // namespace heddle
