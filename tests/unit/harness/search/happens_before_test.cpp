#include "harness/search/happens_before.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

constexpr Address kData = 0x100;
constexpr Address kOther = 0x200;
constexpr Address kThird = 0x300;

Op atomic(OpKind kind, MemoryOrder order, Address address = kOther) {
  return {.kind = kind, .size = 4, .order = order, .address = address};
}

Op plain(OpKind kind) {
  return {.kind = kind, .size = 4, .address = kData};
}

Op on(OpKind kind, Address object = kOther, Address mutex = 0) {
  return {.kind = kind, .address = object, .address2 = mutex};
}

Op fence(MemoryOrder order) {
  return {.kind = OpKind::fence, .order = order};
}

struct Step {
  ThreadId thread;
  Op op;
};

Trace made_of(const std::vector<Step>& steps) {
  Trace trace;
  // Both threads are there from the start and know nothing of each other.
  for (const Step& step : steps) {
    trace.events.push_back({.thread = step.thread, .step = 0, .op = step.op});
  }
  return trace;
}

// Whether T1's write of the data, at the beginning, comes before T2's read of it at the end.
bool orders(std::vector<Step> between) {
  std::vector<Step> steps = {{1, plain(OpKind::write)}};
  steps.insert(steps.end(), between.begin(), between.end());
  steps.push_back({2, plain(OpKind::read)});
  const Trace trace = made_of(steps);
  const HappensBefore before(trace);
  return before.ordered(0, steps.size() - 1);
}

constexpr MemoryOrder kRelaxed = MemoryOrder::relaxed;
constexpr MemoryOrder kAcquire = MemoryOrder::acquire;
constexpr MemoryOrder kRelease = MemoryOrder::release;

TEST(HappensBefore, nothing_orders_two_threads_by_itself) {
  EXPECT_FALSE(orders({}));
  EXPECT_FALSE(orders({{1, on(OpKind::mutex_unlock)}, {2, on(OpKind::mutex_lock, kThird)}}));
  EXPECT_FALSE(orders({{2, on(OpKind::mutex_lock)}, {1, on(OpKind::mutex_unlock)}}));
  EXPECT_FALSE(orders({{1, on(OpKind::yield)}, {2, on(OpKind::yield)}}));
}

TEST(HappensBefore, locks_semaphores_barriers_and_conditions_order) {
  EXPECT_TRUE(orders({{1, on(OpKind::mutex_unlock)}, {2, on(OpKind::mutex_lock)}}));
  EXPECT_TRUE(orders({{1, on(OpKind::sem_post)}, {2, on(OpKind::sem_wait)}}));
  EXPECT_TRUE(orders({{1, on(OpKind::once_end)}, {2, on(OpKind::once_done)}}));
  // It gives the mutex up.
  EXPECT_TRUE(orders({{1, on(OpKind::cond_wait, kThird, kOther)}, {2, on(OpKind::mutex_lock)}}));
  EXPECT_TRUE(orders({{2, on(OpKind::barrier_wait)}, {1, on(OpKind::barrier_wait)}}));
}

TEST(HappensBefore, readers_of_a_lock_order_writers_and_not_each_other) {
  EXPECT_TRUE(orders({{1, on(OpKind::rwlock_unlock)}, {2, on(OpKind::rwlock_read_lock)}}));
  EXPECT_TRUE(orders({{1, on(OpKind::rwlock_shared_unlock)}, {2, on(OpKind::rwlock_write_lock)}}));
  EXPECT_FALSE(orders({{1, on(OpKind::rwlock_shared_unlock)}, {2, on(OpKind::rwlock_read_lock)}}));
}

TEST(HappensBefore, threads_know_their_makers_and_who_joins_them_knows_them) {
  Op create{.kind = OpKind::thread_create};
  create.other = 2;
  EXPECT_TRUE(orders({{1, create}}));
  Op join{.kind = OpKind::thread_join};
  join.other = 1;
  EXPECT_TRUE(orders({{2, join}}));
}

TEST(HappensBefore, atomics_order_by_their_orders) {
  const Step release{1, atomic(OpKind::atomic_store, kRelease)};
  const Step relaxed{1, atomic(OpKind::atomic_store, kRelaxed)};
  EXPECT_TRUE(orders({release, {2, atomic(OpKind::atomic_load, kAcquire)}}));
  EXPECT_FALSE(orders({release, {2, atomic(OpKind::atomic_load, kRelaxed)}}));
  EXPECT_FALSE(orders({relaxed, {2, atomic(OpKind::atomic_load, kAcquire)}}));
  EXPECT_TRUE(orders({release, {2, atomic(OpKind::atomic_cas_fail, kAcquire)}}));
  // A read-modify-write continues the release sequence, a store ends it.
  const Step adds{3, atomic(OpKind::atomic_rmw, kRelaxed)};
  EXPECT_TRUE(orders({release, adds, {2, atomic(OpKind::atomic_load, kAcquire)}}));
  const Step stores{3, atomic(OpKind::atomic_store, kRelaxed)};
  EXPECT_FALSE(orders({release, stores, {2, atomic(OpKind::atomic_load, kAcquire)}}));
}

TEST(HappensBefore, fences_order_what_is_relaxed) {
  const Step store{1, atomic(OpKind::atomic_store, kRelaxed)};
  const Step load{2, atomic(OpKind::atomic_load, kRelaxed)};
  const Step releases{1, fence(kRelease)};
  const Step acquires{2, fence(kAcquire)};
  EXPECT_TRUE(orders({releases, store, load, acquires}));
  EXPECT_FALSE(orders({releases, store, load}));
  EXPECT_FALSE(orders({store, load, acquires}));
  EXPECT_FALSE(orders({store, releases, load, acquires}));
  EXPECT_FALSE(orders({releases, store, acquires, load}));
}

TEST(HappensBefore, the_step_by_which_a_thread_learned_is_named) {
  const Trace trace = made_of({{2, on(OpKind::yield)},
                               {1, plain(OpKind::write)},
                               {1, on(OpKind::mutex_unlock)},
                               {2, on(OpKind::yield)},
                               {2, on(OpKind::mutex_lock)},
                               {2, plain(OpKind::read)}});
  const HappensBefore before(trace);
  EXPECT_EQ(before.learned_by(1, 5), 4U);
  EXPECT_EQ(before.learned_by(1, 3), std::nullopt);
}

TEST(HappensBefore, a_thread_may_learn_by_its_first_step_or_from_who_made_it) {
  const Trace by_lock = made_of({{1, plain(OpKind::write)},
                                 {1, on(OpKind::mutex_unlock)},
                                 {2, on(OpKind::mutex_lock)},
                                 {2, plain(OpKind::read)}});
  EXPECT_EQ(HappensBefore(by_lock).learned_by(0, 3), 2U);
  Op create{.kind = OpKind::thread_create};
  create.other = 2;
  const Trace by_maker = made_of(
      {{1, plain(OpKind::write)}, {1, create}, {2, on(OpKind::yield)}, {2, plain(OpKind::read)}});
  EXPECT_EQ(HappensBefore(by_maker).learned_by(0, 3), std::nullopt);
}

}  // namespace
}  // namespace heddle
