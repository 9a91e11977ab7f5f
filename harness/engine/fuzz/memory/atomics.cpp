// Atomic operations and fences, sequentially consistent in what they do; what they order is what
// their memory order says (C++20 [intro.races], [atomics.fences]).
#include <algorithm>

#include "harness/engine/fuzz/memory/access.h"
#include "harness/hooks/native_atomics.h"

namespace heddle {
namespace {

Op atomic_op(OpKind kind, Address address, unsigned size, MemoryOrder order, Address pc) {
  return {.kind = kind,
          .size = static_cast<std::uint8_t>(size),
          .order = order,
          .address = address,
          .pc = pc};
}

void acquire(Location& location, MemoryOrder order) {
  if (location.clock.empty()) return;
  FuzzThread& self = g_run->self();
  if (acquires(order)) {
    self.clock.join(location.clock);
  } else {
    self.acquire_fence.join(location.clock);
  }
}

void release(Location& location, MemoryOrder order, bool continues) {
  FuzzThread& self = g_run->self();
  // A store that is no read-modify-write ends the release sequence before it (C++20
  // [intro.races]); a read-modify-write, of any thread and order, continues it.
  if (!continues) {
    location.clock.clear();
  }
  if (releases(order)) {
    location.clock.join(self.clock);
    g_run->tick();
  } else if (self.has_release_fence) {
    location.clock.join(self.release_fence);
  }
}

// Of an operation that leaves the value as it is, which other such operations commute with but for
// this. `may_release`: as a read-modify-write. Told in any case: a load takes nothing over from a
// read-modify-write that comes after it, but the two could have come the other way round.
void tell_passed_on(Address address, MemoryOrder order, bool may_release) {
  g_run->passed_on(address, may_release && (releases(order) || g_run->self().has_release_fence));
}

LeavesAlone leaves_alone(RmwKind kind, unsigned size, std::uint64_t operand) {
  const std::uint64_t all = ~std::uint64_t{0} >> (64 - 8 * size);
  operand &= all;
  switch (kind) {
    case RmwKind::exchange:
      return LeavesAlone::if_equal(operand);
    case RmwKind::add:
    case RmwKind::sub:
    case RmwKind::bit_xor:
      return operand == 0 ? LeavesAlone{} : LeavesAlone::never();
    case RmwKind::bit_and:
      return LeavesAlone::if_equal(0, ~operand & all);
    case RmwKind::bit_or:
      return LeavesAlone::if_equal(operand, operand);
    case RmwKind::bit_nand:
      // What has a bit of the operand, or lacks one that the operand lacks, is changed there.
      return operand == 0 ? LeavesAlone::if_equal(all) : LeavesAlone::never();
  }
  return LeavesAlone::never();
}

}  // namespace

Location& Memory::atomic_location(OpKind kind, Address address, unsigned size, Address pc) {
  const bool writing = writes(kind);
  Run& run = *g_run;
  const FuzzThread& self = run.self();
  check_frame(address, kind, pc);
  Location& location = this->location(address, pc);
  location.atomic = true;
  location.atomic_size = std::max(location.atomic_size, static_cast<std::uint8_t>(size));
  RaceList& races = found_.cleared();
  races_.check_atomic(shadow_.cell(address), byte_mask(address, std::min(size, 8U)), writing,
                      self.clock, races);
  if (!races.empty()) [[unlikely]] {
    Op op = access_op(false, address, size, pc);
    op.kind = kind;
    on_races(races, op);
  }
  if (writing) {
    location.atomics.writes.set(self.id, run.now().time());
    location.atomics.write_pc = pc;
    location.atomics.write_kind = kind;
  } else {
    location.atomics.reads.set(self.id, run.now().time());
    location.atomics.read_pc = pc;
    location.atomics.read_kind = kind;
  }
  return location;
}

std::uint64_t Memory::atomic_load(Address address, unsigned size, MemoryOrder order, Address pc) {
  Run& run = *g_run;
  run.next_step();
  const Op& op = run.begin_op(atomic_op(OpKind::atomic_load, address, size, order, pc));
  run.point();
  Location& location = atomic_location(OpKind::atomic_load, address, size, pc);
  acquire(location, order);
  run.running().native_pc = pc;
  const std::uint64_t value = native_load(address, size);
  run.running().native_pc = 0;
  run.found(value, {});
  run.idle();
  run.looked(op, value);
  tell_passed_on(location.address, order, false);
  return value;
}

void Memory::atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                          Address pc) {
  Run& run = *g_run;
  run.next_step();
  const Op& op = run.begin_op(atomic_op(OpKind::atomic_store, address, size, order, pc));
  run.point();
  release(atomic_location(OpKind::atomic_store, address, size, pc), order, false);
  run.running().native_pc = pc;
  if (run.followed()) run.found(native_load(address, size), LeavesAlone::never());
  native_store(address, size, value);
  run.running().native_pc = 0;
  run.changed();
  run.done(op, value);
}

std::uint64_t Memory::atomic_rmw(Address address, unsigned size, RmwKind kind,
                                 std::uint64_t operand, MemoryOrder order, Address pc) {
  Run& run = *g_run;
  run.next_step();
  const Op& op = run.begin_op(atomic_op(OpKind::atomic_rmw, address, size, order, pc));
  run.point();
  Location& location = atomic_location(OpKind::atomic_rmw, address, size, pc);
  acquire(location, order);
  run.running().native_pc = pc;
  const std::uint64_t old = native_rmw(address, size, kind, operand);
  const std::uint64_t now = native_load(address, size);
  run.running().native_pc = 0;
  if (run.followed()) [[unlikely]]
    run.found(old, leaves_alone(kind, size, operand));
  // Also one that stores what it finds: who reads it may know from elsewhere that it has been.
  release(location, order, true);
  // An exchange that changes nothing is how a spin lock waits.
  run.progress(now != old);
  if (now != old) {
    run.done(op, now, old);
  } else {
    run.looked(op, now, old);
    tell_passed_on(location.address, order, true);
  }
  return old;
}

bool Memory::atomic_cas(Address address, unsigned size, std::uint64_t* expected,
                        std::uint64_t desired, MemoryOrder success, MemoryOrder failure, bool weak,
                        Address pc) {
  Run& run = *g_run;
  run.next_step();
  Op& op = run.begin_op(atomic_op(OpKind::atomic_rmw, address, size, success, pc));
  run.point();
  run.running().native_pc = pc;
  // The standard lets a weak one fail though it matches ([atomics.types.operations]), and some
  // processors make use of it.
  const bool fails = weak && run.thread_count() > 1 && native_load(address, size) == *expected &&
                     run.choose(Choice::cas_failure, 2) == 1;
  const std::uint64_t wanted = *expected;
  const bool stored = !fails && native_cas(address, size, expected, desired);
  run.running().native_pc = 0;
  // One that stores what it expects changes nothing, but passes on what the thread knows where it
  // finds that: to who comes before or behind it is a write.
  if (run.followed()) [[unlikely]] {
    LeavesAlone alone = LeavesAlone::unless_equal(wanted);
    alone.may_fail = weak;
    run.found(stored || fails ? wanted : *expected, alone);
  }
  if (!stored) {
    op.kind = OpKind::atomic_cas_fail;
    op.order = failure;
  }
  Location& location = atomic_location(op.kind, address, size, pc);
  acquire(location, op.order);
  if (stored) release(location, success, true);
  run.progress(stored && desired != wanted);
  if (stored) {
    run.done(op, desired, wanted);
  } else {
    run.looked(op, *expected, wanted);
    tell_passed_on(location.address, op.order, false);
  }
  return stored;
}

void Memory::atomic_wide(Address address, OpKind kind, MemoryOrder order, Address pc) {
  Run& run = *g_run;
  run.next_step();
  const Op& op = run.begin_op(atomic_op(kind, address, 16, order, pc));
  run.point();
  const bool stores = writes(kind);
  Location& location = atomic_location(kind, address, 16, pc);
  atomic_location(kind, address + 8, 8, pc);
  if (kind != OpKind::atomic_store) acquire(location, order);
  if (stores) release(location, order, kind == OpKind::atomic_rmw);
  run.progress(stores);
  run.done(op);
}

void Memory::fence(MemoryOrder order, Address pc) {
  Run& run = *g_run;
  ++run.running().step;
  FuzzThread& self = run.self();
  // No scheduling point: under sequential consistency a fence orders nothing that is not ordered
  // already. It only matters to what happens before what.
  if (acquires(order)) self.clock.join(self.acquire_fence);
  if (releases(order)) {
    self.release_fence = self.clock;
    self.has_release_fence = true;
    run.tick();
  }
  run.done({.kind = OpKind::fence, .order = order, .pc = pc});
}

void Memory::annotate(Address address, bool is_release) {
  Location& location = this->location(address, 0);
  if (is_release) {
    location.clock.join(g_run->clock());
    g_run->tick();
  } else {
    g_run->acquire(location.clock);
  }
}

}  // namespace heddle
