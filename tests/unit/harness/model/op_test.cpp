#include "harness/model/op.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace heddle {
namespace {

TEST(OpTest, every_kind_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(OpKind::failure);
  for (int kind = 0; kind <= last; ++kind) names.insert(to_string(static_cast<OpKind>(kind)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last + 1));
  EXPECT_EQ(names.count("unknown operation"), 0U);
  EXPECT_EQ(to_string(static_cast<OpKind>(last + 1)), "unknown operation")
      << "a kind was added after failure: extend this test and the codec";
}

TEST(OpTest, memory_orders_are_numbered_and_named_as_in_c11) {
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_RELAXED)), "relaxed");
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_CONSUME)), "consume");
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_ACQUIRE)), "acquire");
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_RELEASE)), "release");
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_ACQ_REL)), "acq_rel");
  EXPECT_EQ(to_string(static_cast<MemoryOrder>(__ATOMIC_SEQ_CST)), "seq_cst");
}

TEST(OpTest, only_acq_rel_and_seq_cst_both_acquire_and_release) {
  EXPECT_FALSE(acquires(MemoryOrder::relaxed) || releases(MemoryOrder::relaxed));
  EXPECT_TRUE(acquires(MemoryOrder::acquire) && !releases(MemoryOrder::acquire));
  EXPECT_TRUE(acquires(MemoryOrder::consume) && !releases(MemoryOrder::consume));
  EXPECT_TRUE(!acquires(MemoryOrder::release) && releases(MemoryOrder::release));
  EXPECT_TRUE(acquires(MemoryOrder::acq_rel) && releases(MemoryOrder::acq_rel));
  EXPECT_TRUE(acquires(MemoryOrder::seq_cst) && releases(MemoryOrder::seq_cst));
}

}  // namespace
}  // namespace heddle
