#include "harness/model/step_log.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

Op op(OpKind kind, Address address, Address pc) {
  return {.kind = kind, .address = address, .pc = pc};
}

TEST(StepLog, comes_back_from_its_bytes) {
  StepLog log;
  log.add(0, op(OpKind::mutex_lock, 0x10, 0x20));
  log.add(3, op(OpKind::atomic_rmw, ~Address{0}, 0x21));
  Writer writer;
  encode(writer, log);
  Reader reader(writer.bytes());
  StepLog again;
  decode(reader, again);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(again, log);
}

TEST(StepLog, an_unknown_kind_of_step_is_an_error) {
  Writer writer;
  writer.varint(1);
  writer.varint(0);
  writer.byte(255);
  writer.varint(0);
  writer.varint(0);
  Reader reader(writer.bytes());
  StepLog log;
  decode(reader, log);
  EXPECT_FALSE(reader.ok());
}

// A replay takes all plain accesses for steps; and the same object may lie elsewhere.
TEST(StepLog, other_processes_have_neither_plain_accesses_nor_addresses) {
  StepLog search;
  search.add(1, op(OpKind::mutex_lock, 0x10, 0x20));
  StepLog replay;
  replay.add(1, op(OpKind::write, 0x30, 0x31));
  replay.add(1, op(OpKind::mutex_lock, 0x11, 0x20));
  replay.add(1, op(OpKind::heap_free, 0x30, 0x32));
  EXPECT_NE(search, replay);
  EXPECT_EQ(search.for_other_processes(), replay.for_other_processes());
}

TEST(StepLog, says_where_two_part) {
  StepLog first;
  first.add(0, op(OpKind::fence, 0, 1));
  first.add(0, op(OpKind::yield, 0, 2));
  StepLog second;
  second.add(0, op(OpKind::fence, 0, 1));
  const auto divergence = StepLog::first_difference(5, first, second);
  ASSERT_TRUE(divergence.has_value());
  EXPECT_EQ(divergence->run, 5U);
  EXPECT_EQ(divergence->step, 1U);
  EXPECT_EQ(divergence->first->op.kind, OpKind::yield);
  EXPECT_FALSE(divergence->second.has_value());
  EXPECT_FALSE(StepLog::first_difference(5, first, first).has_value());
}

}  // namespace
}  // namespace heddle
