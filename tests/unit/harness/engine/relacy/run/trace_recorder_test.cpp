#include "harness/engine/relacy/run/trace_recorder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"

namespace heddle::relacy {
namespace {

// A pc in the test itself: of a plain access there, the stack is not asked for.
void own_code() {}
const Address kHere = reinterpret_cast<Address>(&own_code);

class RelacyTraceRecorder : public testing::Test {
 protected:
  RelacyTraceRecorder() { recorder_.begin_run(trace_); }

  void append(ThreadId thread, OpKind kind, const std::uint32_t* address, Address pc = kHere) {
    Event event;
    event.thread = thread;
    event.op = {.kind = kind, .size = 4, .address = reinterpret_cast<Address>(address), .pc = pc};
    recorder_.append(std::move(event), code_);
  }
  std::optional<std::uint64_t> value(std::size_t event) const { return trace_.events[event].value; }

  const ProgramCode code_;
  Trace trace_;
  TraceRecorder recorder_;
};

TEST_F(RelacyTraceRecorder, value_of_a_read_is_what_is_in_memory) {
  const std::uint32_t variable = 5;
  append(1, OpKind::read, &variable);
  EXPECT_EQ(value(0), 5U);
}

TEST_F(RelacyTraceRecorder, value_of_a_write_is_there_when_its_thread_comes_back) {
  std::uint32_t variable = 5;
  append(1, OpKind::write, &variable);
  append(2, OpKind::read, &variable);
  EXPECT_EQ(value(0), std::nullopt);
  variable = 6;
  append(1, OpKind::read, &variable);
  variable = 7;
  recorder_.end_run();
  EXPECT_EQ(value(0), 6U);
}

TEST_F(RelacyTraceRecorder, value_of_a_last_write_is_there_at_the_end_of_the_run) {
  std::uint32_t variable = 5;
  append(1, OpKind::write, &variable);
  variable = 6;
  recorder_.end_run();
  EXPECT_EQ(value(0), 6U);
}

TEST_F(RelacyTraceRecorder, memory_that_does_not_exist_has_no_value) {
  append(1, OpKind::read, nullptr);
  append(1, OpKind::write, nullptr);
  recorder_.end_run();
  EXPECT_EQ(value(0), std::nullopt);
  EXPECT_EQ(value(1), std::nullopt);
}

TEST_F(RelacyTraceRecorder, knows_who_came_last) {
  const std::uint32_t variable = 0;
  EXPECT_EQ(recorder_.last_thread(), kNoThread);
  EXPECT_FALSE(recorder_.ends_with(1, kHere));
  append(1, OpKind::read, &variable);
  append(2, OpKind::read, &variable, kHere + 1);
  EXPECT_EQ(recorder_.last_thread(), 2U);
  EXPECT_TRUE(recorder_.ends_with(2, kHere + 1));
  EXPECT_FALSE(recorder_.ends_with(2, kHere));
  EXPECT_FALSE(recorder_.ends_with(1, kHere + 1));
}

TEST_F(RelacyTraceRecorder, race_marks_both_accesses_the_other_threads_latest) {
  const std::uint32_t variable = 0;
  append(1, OpKind::write, &variable);
  append(1, OpKind::write, &variable);
  append(1, OpKind::read, &variable, kHere + 1);
  append(2, OpKind::read, &variable);
  trace_.events[1].stack = {7, 8};
  Place there{.thread = 1, .op = trace_.events[0].op, .stack = {}, .note = {}};
  recorder_.mark_race(there);
  std::vector<bool> racy;
  for (const Event& event : trace_.events) racy.push_back(event.racy);
  EXPECT_EQ(racy, (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(there.stack, (std::vector<Address>{7, 8}));
}

TEST_F(RelacyTraceRecorder, of_a_long_run_the_end_is_kept) {
  std::uint32_t variable = 0;
  append(1, OpKind::write, &variable);
  for (variable = 1; variable <= 200'000; ++variable) append(2, OpKind::read, &variable);
  recorder_.end_run();
  EXPECT_TRUE(trace_.truncated);
  EXPECT_LE(trace_.events.size(), 200'000U);
  EXPECT_EQ(trace_.events.back().value, 200'000U);
}

}  // namespace
}  // namespace heddle::relacy
