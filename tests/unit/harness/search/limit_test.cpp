#include "harness/search/limit.h"

#include <gtest/gtest.h>

#include "harness/engine/fuzz/run/trace_recorder.h"

namespace heddle {
namespace {

Place place(ThreadId thread, Address pc, std::vector<Address> callers = {}) {
  return {.thread = thread, .op = {.pc = pc}, .stack = std::move(callers), .note = {}};
}

Event event(OpKind kind, Address pc, std::vector<Address> callers = {}) {
  Event event;
  event.op = {.kind = kind, .pc = pc};
  event.stack = std::move(callers);
  return event;
}

TEST(SameLoop, threads_that_end_in_one_place_are_in_the_same_loop) {
  const GaveUp seen{"", {place(1, 0x10, {0x90}), place(2, 0x20)}};
  EXPECT_TRUE(same_loop(seen, {"", {place(3, 0x20)}}, {}));
  EXPECT_FALSE(same_loop(seen, {"", {place(1, 0x30, {0x90})}}, {}));
  EXPECT_FALSE(same_loop(seen, {"", {place(1, 0x10, {0x91})}}, {})) << "called from elsewhere";
  EXPECT_FALSE(same_loop(seen, {"", {}}, {}));
}

TEST(SameLoop, a_loop_that_was_left_elsewhere_passes_the_place_in_its_last_steps) {
  const GaveUp seen{"", {place(1, 0x10, {0x90})}};
  const GaveUp found{"", {place(1, 0x30, {0x90})}};
  EXPECT_TRUE(same_loop(seen, found, {{event(OpKind::atomic_load, 0x10, {0x90})}}));
  EXPECT_TRUE(same_loop(seen, found, {{event(OpKind::read, 0x10)}}))
      << "the callers of a plain access are not recorded";
  EXPECT_FALSE(same_loop(seen, found, {{event(OpKind::atomic_load, 0x10, {0x91})}}));
  EXPECT_FALSE(same_loop(seen, found, {{event(OpKind::atomic_load, 0x30, {0x90})}}));
}

TEST(SameLoop, what_is_nowhere_is_in_no_loop) {
  EXPECT_FALSE(same_loop({"", {place(1, 0)}}, {"", {place(1, 0)}}, {}));
}

TEST(LastSteps, are_those_before_the_end) {
  const Job job = last_steps_of({}, 5'000'000);
  EXPECT_TRUE(job.record_trace);
  EXPECT_GT(job.trace_from, 4'990'000U);
  EXPECT_LT(job.trace_from, 5'000'000U);
  EXPECT_GT(job.trace_until, 5'000'000U);
  EXPECT_EQ(last_steps_of({}, 3).trace_from, 0U);
}

TEST(FirstSteps, are_those_after_the_beginning) {
  const Job job = first_steps_of({});
  EXPECT_TRUE(job.record_trace);
  EXPECT_EQ(job.trace_from, 0U);
  EXPECT_GE(job.trace_until, 1'000U);
  EXPECT_LE(job.trace_until, TraceRecorder::kLimit) << "or the recorder would drop the first";
}

}  // namespace
}  // namespace heddle
