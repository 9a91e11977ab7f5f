// Plain accesses, where they differ from the common: a scheduling point, an access that is new, one
// of more than 8 bytes, one beside atomics.
#include <algorithm>
#include <bit>
#include <utility>

#include "harness/engine/fuzz/memory/access.h"
#include "harness/hooks/caller.h"
#include "harness/hooks/native_atomics.h"

namespace heddle {

constinit Room<Memory> g_memory;

void Memory::begin_run(std::uint64_t base) {
  races_.begin_run(base);
  locations_.begin_run();
  racy_.begin_run();
  for (ShadowCell* cell : racing_) cell->racing = 0;
  racing_.clear();
  run_races_.clear();
  blurred_ = false;
  in_range_ = false;
}

template <bool kReplay, bool kWrite>
void Memory::access_point(Address address, unsigned size, Address pc) {
  Run& run = *g_run;
  // Hooks of plain accesses do not say where the program's stack ends.
  t_caller_frame = 0;
  if (run.running().step >= run.running().stop_step) run.check_limits();
  if (!kReplay && !racy_.contains(pc) && races(address, size, 0)) learn(pc);
  if (kReplay || racy_.contains(pc)) {
    Op& op = run.begin_op(access_op(kWrite, address, size, pc));
    if (kReplay && std::exchange(in_range_, false)) op.address2 = address + size;
    run.point();
    // What was alive before may not be now.
    check_frame(address, op.kind, pc);
    if (run.followed() && size <= 8) {
      run.running().native_pc = pc;
      run.found(native_load(address, size), kWrite ? LeavesAlone::never() : LeavesAlone{});
      run.running().native_pc = 0;
    }
    if (kWrite) {
      run.done(op);
    } else {
      run.looked(op);
    }
    mark_if_shared(address, size);
  }
  if ((address & 7) + size > 8) {
    check_access_slow(kWrite, address, size, pc);
  } else {
    check_access<kWrite, false>(address, size, pc);
  }
}

template void Memory::access_point<false, false>(Address, unsigned, Address);
template void Memory::access_point<false, true>(Address, unsigned, Address);
template void Memory::access_point<true, false>(Address, unsigned, Address);
template void Memory::access_point<true, true>(Address, unsigned, Address);

template <bool kWrite>
void Memory::learn_access(Address address, unsigned size, Address pc) {
  learn(pc);
  access_point<false, kWrite>(address, size, pc);
}

template void Memory::learn_access<false>(Address, unsigned, Address);
template void Memory::learn_access<true>(Address, unsigned, Address);

template <bool kWrite>
void Memory::record_access(ShadowCell* cell, std::uint8_t mask, Address address, Address pc) {
  // Memory that an earlier run freed is the rule: most runs allocate and free the same.
  if (cell->sync == kFreedMemory && !races_.alive(cell->history.write)) cell->sync = 0;
  if ((cell->sync | cell->split | cell->reads) != 0 ||
      !races_.record_ordered<kWrite>(cell, mask, pc, g_run->now(), g_run->clock())) {
    record_access_slow<kWrite>(cell, mask, address, pc);
  }
}

template void Memory::record_access<false>(ShadowCell*, std::uint8_t, Address, Address);
template void Memory::record_access<true>(ShadowCell*, std::uint8_t, Address, Address);

template <bool kWrite>
void Memory::record_first_access(std::uint8_t mask, Address address, Address pc) {
  record_access<kWrite>(shadow_.cell(address), mask, address, pc);
}

template void Memory::record_first_access<false>(std::uint8_t, Address, Address);
template void Memory::record_first_access<true>(std::uint8_t, Address, Address);

template <bool kWrite>
void Memory::record_access_slow(ShadowCell* cell, std::uint8_t mask, Address address, Address pc) {
  const auto size = static_cast<unsigned>(std::bit_width(mask) - std::countr_zero(mask));
  races_.drop_stale(cell);
  if (cell->sync == kFreedMemory || locations_.first(cell) != nullptr) {
    check_access_slow(kWrite, address, size, pc);
    return;
  }
  cell->sync = 0;
  RaceList& races = found_.cleared();
  races_.access<kWrite>(cell, mask, pc, g_run->now(), g_run->clock(), races);
  on_races(races, access_op(kWrite, address, size, pc));
}

void Memory::check_access_slow(bool write, Address address, unsigned size, Address pc) {
  const Epoch now = g_run->now();
  const Address end = address + size;
  for (Address at = address; at < end;) {
    const Address next = std::min((at | 7) + 1, end);
    const auto mask = byte_mask(at, static_cast<unsigned>(next - at));
    ShadowCell* cell = shadow_.cell(at);
    if (cell->sync == kFreedMemory) {
      if (is_freed(cell)) use_after_free(cell, access_op(write, address, size, pc));
      cell->sync = 0;  // freed in an earlier run
    }
    const VectorClock& clock = g_run->clock();
    RaceList& races = found_.cleared();
    if (write) {
      races_.access<true>(cell, mask, pc, now, clock, races);
    } else {
      races_.access<false>(cell, mask, pc, now, clock, races);
    }
    for (const Location* location = locations_.first(cell); location != nullptr;
         location = locations_.next(*location)) {
      // Of an object its first byte, and no more than writes: see check_writes().
      const bool meets =
          location->atomic
              ? location->address < next && at < location->address + location->atomic_size
              : write && at <= location->address && location->address < next;
      if (meets) {
        races_.check_against_atomics(location->atomics, write, g_run->self().id, clock, races);
      }
    }
    // The program lays an object's memory anew, without a call that initialises it.
    if (write) {
      for (Location* location = locations_.first(cell); location != nullptr;
           location = locations_.next(*location)) {
        if (location->address >= at && location->address < next) {
          location->life_kind = OpKind::none;
        }
      }
    }
    on_races(races, access_op(write, at, static_cast<unsigned>(next - at), pc));
    at = next;
  }
}

Location& Memory::location(Address address, Address pc) {
  ShadowCell* cell = shadow_.cell(address);
  if (Location* location = locations_.find(cell, address)) [[likely]]
    return *location;
  if (is_freed(cell)) [[unlikely]] {
    const Op op{.kind = OpKind::write, .size = 8, .address = address, .pc = pc};
    use_after_free(cell, op);
  }
  const RuntimeScope scope;
  return locations_.add(cell, address);
}

Location* Memory::location_if_allocated(Address address) {
  ShadowCell* cell = shadow_.cell(address);
  if (Location* location = locations_.find(cell, address)) return location;
  if (is_freed(cell)) return nullptr;
  const RuntimeScope scope;
  return &locations_.add(cell, address);
}

}  // namespace heddle
