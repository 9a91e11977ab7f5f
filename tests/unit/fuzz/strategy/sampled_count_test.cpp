#include "fuzz/strategy/sampled_count.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "fuzz/strategy/program_model.h"

namespace heddle {
namespace {

constexpr std::uint64_t kCell = 8;  // of memory
constexpr std::uint64_t kObject = Access::kOther | 64;

using Seen = ProgramModel::Seen;
using Steps = std::vector<Seen>;

Seen accessing(OpKind kind, Address pc, std::uint64_t object, AccessMode mode) {
  Seen step;
  step.kind = kind;
  step.pc = pc;
  step.accesses.add({.object = object, .mask = 0xff, .mode = mode});
  return step;
}

Seen changing(Address pc, std::uint64_t cell = kCell) {
  return accessing(OpKind::atomic_rmw, pc, cell, AccessMode::write);
}

// A compare-exchange to one more, which found that.
Seen exchange(Address pc, std::uint64_t expected, std::uint64_t found) {
  Seen step = changing(pc);
  step.alone = LeavesAlone::unless_equal(expected);
  step.found = found;
  if (step.alone(found)) step.accesses.items[0].mode = AccessMode::read;
  return step;
}

class Execution {
 public:
  // Main makes the threads.
  explicit Execution(ThreadId threads) {
    for (ThreadId id = 1; id <= threads; ++id) {
      Seen create;
      create.kind = OpKind::thread_create;
      create.pc = 1;
      create.other = id;
      trace_.steps.push_back(create);
    }
    trace_.whole = true;
  }
  Execution& with(ThreadId thread, Seen step) {
    step.thread = thread;
    trace_.steps.push_back(std::move(step));
    return *this;
  }
  const ProgramModel::Trace& trace() const { return trace_; }

 private:
  ProgramModel::Trace trace_;
};

// One execution of threads that each do the same, one after the other.
Execution of_each(ThreadId threads, const Steps& steps) {
  Execution execution(threads);
  for (ThreadId id = 1; id <= threads; ++id) {
    for (const Seen& step : steps) execution.with(id, step);
  }
  return execution;
}

double count(const std::vector<Execution>& executions) {
  ProgramModel program;
  for (const Execution& execution : executions) program.learn(execution.trace());
  return sampled_count(program, 1).count;
}

TEST(SampledCount, is_none_of_a_program_that_was_not_seen) {
  EXPECT_EQ(sampled_count(ProgramModel(), 1).count, 0);
}

TEST(SampledCount, is_exact_where_nothing_meets) {
  Execution execution(3);
  for (ThreadId id = 1; id <= 3; ++id) execution.with(id, changing(2, 8 + id));
  EXPECT_EQ(count({execution}), 1);
}

TEST(SampledCount, of_changes_to_one_place_is_that_of_their_orders) {
  EXPECT_NEAR(count({of_each(5, {changing(2)})}), 120, 12);
  EXPECT_NEAR(count({of_each(3, {changing(2), changing(3, kCell + 1)})}), 36, 4);
}

TEST(SampledCount, tells_objects_in_one_word_apart) {
  Seen low = changing(2);
  low.accesses.items[0].mask = 0x0f;
  Seen high = changing(2);
  high.accesses.items[0].mask = 0xf0;
  EXPECT_NEAR(count({of_each(3, {low, high})}), 36, 4);
}

TEST(SampledCount, of_readers_is_that_of_what_they_may_find) {
  Execution execution(6);
  execution.with(1, accessing(OpKind::atomic_store, 2, kCell, AccessMode::write));
  for (ThreadId id = 2; id <= 6; ++id) {
    execution.with(id, accessing(OpKind::atomic_load, 3, kCell, AccessMode::read));
  }
  EXPECT_NEAR(count({execution}), 32, 6);
}

TEST(SampledCount, lets_nobody_in_where_a_lock_is_held) {
  const Steps steps = {accessing(OpKind::mutex_lock, 2, kObject, AccessMode::lock), changing(3),
                       accessing(OpKind::mutex_unlock, 4, kObject, AccessMode::unlock)};
  EXPECT_NEAR(count({of_each(4, steps)}), 24, 3);
}

TEST(SampledCount, lets_as_many_in_as_there_are_units) {
  Seen wait = accessing(OpKind::sem_wait, 2, kObject, AccessMode::write);
  wait.found = 1;
  const Seen post = accessing(OpKind::sem_post, 4, kObject, AccessMode::post);
  EXPECT_NEAR(count({of_each(4, {wait, post})}), 24, 3);
}

// Before the other's lock, behind its unlock, or in vain between them.
TEST(SampledCount, has_tries_fail_that_were_only_seen_to_succeed) {
  const Steps steps = {accessing(OpKind::mutex_trylock_fail, 2, kObject, AccessMode::try_lock),
                       accessing(OpKind::mutex_unlock, 4, kObject, AccessMode::unlock)};
  const Execution succeeds = of_each(2, steps);
  Execution fails(2);
  fails.with(1, steps[0])
      .with(2, accessing(OpKind::mutex_trylock_fail, 2, kObject, AccessMode::try_fail))
      .with(1, steps[1]);
  EXPECT_NEAR(count({succeeds, fails}), 4, 0.7);
}

// From 0 to 1, from 1 to 2: the second fails in front of the first, which never fails.
TEST(SampledCount, works_out_what_compare_exchanges_find) {
  Execution execution(2);
  execution.with(1, exchange(2, 0, 0)).with(2, exchange(2, 1, 1));
  EXPECT_NEAR(count({execution}), 2, 0.3);
  // Of six orders two differ only in that the second and the third both fail, and then the first.
  Execution three(3);
  three.with(1, exchange(2, 0, 0)).with(2, exchange(2, 1, 1)).with(3, exchange(2, 2, 2));
  EXPECT_NEAR(count({three}), 5, 0.8);
}

// Whoever comes second tries again, as was seen of one of the two.
TEST(SampledCount, takes_a_thread_to_do_what_another_did_in_its_place) {
  const Seen look = accessing(OpKind::atomic_load, 2, kCell, AccessMode::read);
  Seen found_0 = look;
  found_0.found = 0;
  Seen found_1 = look;
  found_1.found = 1;
  Execution apart(2);
  apart.with(1, found_0).with(1, exchange(3, 0, 0)).with(2, found_1).with(2, exchange(3, 1, 1));
  Execution amid(2);
  amid.with(1, found_0)
      .with(2, found_0)
      .with(1, exchange(3, 0, 0))
      .with(2, exchange(3, 0, 1))
      .with(2, exchange(3, 1, 1));
  EXPECT_NEAR(count({apart, amid}), 4, 0.8);
}

// The second thread goes on to another place if it is before the first; the third looks where the
// first two meet if it is behind that. Where it is not, it ends, and the two are asleep: what they
// lead to was counted where they came before it.
TEST(SampledCount, does_not_count_what_another_stands_for) {
  constexpr std::uint64_t kOther = kCell + 1;
  const Seen store = accessing(OpKind::atomic_store, 5, kCell, AccessMode::write);
  const Seen look = accessing(OpKind::atomic_load, 6, kCell, AccessMode::read);
  Seen goes_on = changing(3, kOther);
  goes_on.found = 0;
  const auto third = [](std::uint64_t found) {
    Seen step = exchange(4, 0, found);
    step.accesses.items[0].object = kOther;
    return step;
  };
  Execution before(3);
  before.with(2, exchange(2, 0, 0)).with(2, goes_on).with(3, third(1)).with(3, look).with(1, store);
  Execution behind(3);
  behind.with(1, store).with(2, exchange(2, 0, 9)).with(3, third(0));
  EXPECT_NEAR(count({before, behind}), 4, 0.5);
}

TEST(SampledCount, tells_what_is_guessed) {
  ProgramModel program;
  program.learn(of_each(3, {changing(2)}).trace());
  EXPECT_EQ(sampled_count(program, 1).guessed, 0);
}

TEST(SampledCount, gives_up_on_what_is_too_large) {
  ProgramModel program;
  program.learn(of_each(70, {changing(2)}).trace());
  EXPECT_TRUE(program.empty());
  EXPECT_EQ(sampled_count(program, 1).count, 0);
}

}  // namespace
}  // namespace heddle
