#include "fuzz/strategy/dependency.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

Op access(OpKind kind, Address address, std::uint8_t size = 4) {
  return {.kind = kind, .size = size, .address = address};
}

bool conflicts(const Op& a, const Op& b) {
  EXPECT_EQ(may_conflict(a, b), may_conflict(b, a));
  return may_conflict(a, b);
}

TEST(Dependency, two_accesses_conflict_if_they_share_bytes_and_one_writes) {
  const Op load = access(OpKind::atomic_load, 64);
  const Op store = access(OpKind::atomic_store, 64);
  EXPECT_FALSE(conflicts(load, load));
  EXPECT_TRUE(conflicts(load, store));
  EXPECT_TRUE(conflicts(store, store));
  EXPECT_TRUE(conflicts(load, access(OpKind::atomic_rmw, 64)));
  EXPECT_FALSE(conflicts(load, access(OpKind::atomic_cas_fail, 64)));
}

TEST(Dependency, neighbours_in_one_word_are_independent_and_overlaps_are_not) {
  const Op low = access(OpKind::write, 64);
  EXPECT_FALSE(conflicts(low, access(OpKind::write, 68)));
  EXPECT_TRUE(conflicts(low, access(OpKind::write, 66, 2)));
  EXPECT_TRUE(conflicts(low, access(OpKind::write, 60, 8)));
  EXPECT_TRUE(conflicts(access(OpKind::write, 64, 16), access(OpKind::read, 72, 8)));
}

TEST(Dependency, a_lock_is_another_object_than_the_memory_that_it_lies_in) {
  EXPECT_FALSE(
      conflicts({.kind = OpKind::mutex_lock, .address = 64}, access(OpKind::atomic_store, 64)));
}

TEST(Dependency, locks_exclude_each_other_and_readers_do_not) {
  const Op lock{.kind = OpKind::mutex_lock, .address = 64};
  const Op read_lock{.kind = OpKind::rwlock_read_lock, .address = 64};
  EXPECT_TRUE(conflicts(lock, lock));
  EXPECT_TRUE(conflicts(lock, read_lock));
  EXPECT_FALSE(conflicts(read_lock, read_lock));
  EXPECT_FALSE(conflicts(lock, {.kind = OpKind::mutex_lock, .address = 128}));
}

TEST(Dependency, an_unlock_and_the_lock_that_waited_for_it_cannot_change_places) {
  EXPECT_EQ(relation(AccessMode::unlock, AccessMode::lock), Relation::edge);
  EXPECT_EQ(relation(AccessMode::lock, AccessMode::unlock), Relation::edge);
}

TEST(Dependency, a_try_could_have_come_before_the_unlock) {
  EXPECT_EQ(relation(AccessMode::unlock, AccessMode::try_lock), Relation::race);
  EXPECT_EQ(relation(AccessMode::try_fail, AccessMode::unlock), Relation::race);
  EXPECT_EQ(relation(AccessMode::try_fail, AccessMode::try_fail), Relation::none);
}

TEST(Dependency, a_wait_gives_up_its_mutex) {
  const Op wait{.kind = OpKind::cond_wait, .address = 64, .address2 = 128};
  EXPECT_TRUE(conflicts(wait, {.kind = OpKind::cond_signal, .address = 64}));
  EXPECT_TRUE(conflicts(wait, {.kind = OpKind::mutex_lock, .address = 128}));
  EXPECT_FALSE(conflicts(wait, {.kind = OpKind::cond_signal, .address = 192}));
}

TEST(Dependency, more_accesses_than_fit_conflict_with_everything) {
  AccessList many;
  for (std::uint64_t i = 0; i < 10; ++i) many.add({.object = i, .mask = 1});
  EXPECT_TRUE(many.overflow);
  AccessList other;
  other.add({.object = 99, .mask = 1});
  EXPECT_TRUE(conflict(many, other));
}

}  // namespace
}  // namespace heddle
