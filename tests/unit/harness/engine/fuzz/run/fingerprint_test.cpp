#include "harness/engine/fuzz/run/fingerprint.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "fuzz/strategy/execution.h"

namespace heddle {
namespace {

constexpr Address kX = 0x1000;
constexpr Address kY = 0x2000;
constexpr Address kMutex = 0x3000;

Op memory(OpKind kind, Address address, std::uint8_t size = 4) {
  return {.kind = kind, .size = size, .address = address};
}
Op on(OpKind kind, Address address) {
  return {.kind = kind, .address = address};
}

using Program = std::vector<std::vector<Op>>;  // by thread: what it does, whatever others do

// Calls `visit` with every order of the program's operations, as the threads whose turn it is.
void for_each_order(const Program& program,
                    const std::function<void(const std::vector<ThreadId>&)>& visit) {
  std::vector<std::size_t> at(program.size());
  std::vector<ThreadId> order;
  const std::function<void()> go_on = [&] {
    bool ended = true;
    for (ThreadId thread = 0; thread < program.size(); ++thread) {
      if (at[thread] == program[thread].size()) continue;
      ended = false;
      ++at[thread];
      order.push_back(thread);
      go_on();
      order.pop_back();
      --at[thread];
    }
    if (ended) visit(order);
  };
  go_on();
}

std::uint64_t cheap_fingerprint(Fingerprint& fingerprint, const Program& program,
                                const std::vector<ThreadId>& order) {
  fingerprint.begin_run(true);
  std::uint64_t main = Fingerprint::kMain;
  std::vector<std::uint64_t> pasts;
  for (std::size_t i = 0; i < program.size(); ++i) pasts.push_back(Fingerprint::create(main));
  std::vector<std::size_t> at(program.size());
  for (const ThreadId thread : order) {
    fingerprint.executed(pasts[thread], program[thread][at[thread]++]);
  }
  std::uint64_t sum = main;
  for (const std::uint64_t past : pasts) sum += past;
  return sum;
}

std::uint64_t exact_fingerprint(const Program& program, const std::vector<ThreadId>& order) {
  Execution execution;
  execution.begin(0);
  std::vector<std::size_t> at(program.size());
  for (const ThreadId thread : order) {
    const Op& op = program[thread][at[thread]++];
    execution.step(thread, op.kind);
    execution.executed(op, true);
  }
  return execution.fingerprint();
}

// Over all orders: both tell the same ones apart.
void expect_same_classes(const Program& program, std::size_t classes) {
  Fingerprint fingerprint;
  std::set<std::uint64_t> cheap;
  std::set<std::uint64_t> exact;
  std::set<std::pair<std::uint64_t, std::uint64_t>> both;
  for_each_order(program, [&](const std::vector<ThreadId>& order) {
    const std::uint64_t a = cheap_fingerprint(fingerprint, program, order);
    const std::uint64_t b = exact_fingerprint(program, order);
    cheap.insert(a);
    exact.insert(b);
    both.emplace(a, b);
  });
  EXPECT_EQ(exact.size(), classes);
  EXPECT_EQ(cheap.size(), classes);
  EXPECT_EQ(both.size(), classes);
}

TEST(FingerprintTest, lost_update) {
  const std::vector<Op> increment = {memory(OpKind::read, kX), memory(OpKind::write, kX)};
  expect_same_classes({increment, increment}, 4);
}

TEST(FingerprintTest, increments_of_one_atomic_come_in_any_order) {
  const std::vector<Op> add = {memory(OpKind::atomic_rmw, kX)};
  expect_same_classes({add, add, add, add, add}, 120);
}

TEST(FingerprintTest, increments_of_two_atomics) {
  const std::vector<Op> add = {memory(OpKind::atomic_rmw, kX), memory(OpKind::atomic_rmw, kY)};
  expect_same_classes({add, add, add}, 36);
}

TEST(FingerprintTest, reads_commute) {
  const std::vector<Op> read = {memory(OpKind::atomic_load, kX)};
  expect_same_classes({{memory(OpKind::atomic_store, kX)}, read, read, read, read, read}, 32);
}

TEST(FingerprintTest, what_threads_do_not_share_commutes) {
  expect_same_classes(
      {{memory(OpKind::write, kX), memory(OpKind::read, kX), on(OpKind::fence, 0)},
       {memory(OpKind::write, kY), on(OpKind::mutex_lock, kMutex), on(OpKind::yield, kX)}},
      1);
}

TEST(FingerprintTest, bytes_are_told_apart) {
  expect_same_classes({{memory(OpKind::write, kX)}, {memory(OpKind::write, kX + 4)}}, 1);
  expect_same_classes({{memory(OpKind::write, kX, 8)}, {memory(OpKind::write, kX + 4)}}, 2);
  // Across two words, and more than one.
  expect_same_classes({{memory(OpKind::write, kX + 6)}, {memory(OpKind::read, kX + 8, 1)}}, 2);
  expect_same_classes({{memory(OpKind::write, kX, 32)}, {memory(OpKind::read, kX + 31, 1)}}, 2);
}

TEST(FingerprintTest, accesses_that_overlap_in_part) {
  for (const OpKind kind : {OpKind::read, OpKind::write}) {
    expect_same_classes({{memory(OpKind::read, kX, 1)},
                         {memory(OpKind::read, kX, 8)},
                         {memory(kind, kX + 2, 2), memory(OpKind::write, kX, 4)},
                         {memory(OpKind::write, kX + 1, 1)}},
                        kind == OpKind::read ? 12 : 18);
  }
}

TEST(FingerprintTest, the_same_bytes_in_ever_other_parts) {
  expect_same_classes({{memory(OpKind::read, kX, 2), memory(OpKind::read, kX, 8)},
                       {memory(OpKind::read, kX + 1, 2), memory(OpKind::write, kX + 6, 2)},
                       {memory(OpKind::write, kX, 4), memory(OpKind::write, kX, 8)}},
                      44);
}

TEST(FingerprintTest, object_and_memory_at_one_address_are_two) {
  expect_same_classes({{on(OpKind::cond_signal, kX)}, {memory(OpKind::write, kX)}}, 1);
  expect_same_classes({{on(OpKind::futex_wait, kX)}, {memory(OpKind::atomic_store, kX)}}, 2);
  expect_same_classes({{on(OpKind::futex_wait, kX)}, {memory(OpKind::atomic_load, kX)}}, 1);
}

TEST(FingerprintTest, readers_of_a_lock_commute_with_each_other) {
  const std::vector<Op> reader = {on(OpKind::rwlock_read_lock, kMutex),
                                  on(OpKind::rwlock_shared_unlock, kMutex)};
  expect_same_classes({reader, reader, reader}, 1);
}

TEST(FingerprintTest, refused_tries_commute_with_each_other_only) {
  const std::vector<Op> refused = {on(OpKind::mutex_trylock_fail, kMutex)};
  expect_same_classes({refused, refused, refused}, 1);
  expect_same_classes({refused, {on(OpKind::rwlock_read_lock, kMutex)}}, 2);
  expect_same_classes({refused, refused, {on(OpKind::mutex_unlock, kMutex)}}, 4);
}

TEST(FingerprintTest, woken_by_whom_matters) {
  std::uint64_t a = 1;
  std::uint64_t b = 1;
  Fingerprint::wake(a, 2);
  Fingerprint::wake(b, 3);
  EXPECT_NE(a, b);
}

TEST(FingerprintTest, of_a_replay_stays_as_it_is) {
  Fingerprint fingerprint;
  fingerprint.begin_run(false);
  std::uint64_t past = Fingerprint::kMain;
  fingerprint.executed(past, memory(OpKind::write, kX));
  EXPECT_EQ(past, Fingerprint::kMain);
}

TEST(FingerprintTest, does_not_depend_on_runs_before_nor_on_how_many_places_there_are) {
  Program program(2);
  for (Address i = 0; i < 1'000; ++i) {
    for (auto& thread : program) thread.push_back(memory(OpKind::write, kX + 8 * i));
  }
  std::vector<ThreadId> order(2'000);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i % 2;
  Fingerprint fingerprint;
  const std::uint64_t first = cheap_fingerprint(fingerprint, program, order);
  EXPECT_EQ(cheap_fingerprint(fingerprint, program, order), first);
  std::swap(order[1'000], order[1'001]);
  EXPECT_NE(cheap_fingerprint(fingerprint, program, order), first);
  std::swap(order[1'000], order[1'001]);
  EXPECT_EQ(cheap_fingerprint(fingerprint, program, order), first);
}

}  // namespace
}  // namespace heddle
