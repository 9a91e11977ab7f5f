// The hot path: what happens at every plain access of the program.
#pragma once

#include "harness/engine/fuzz/scheduler.h"

namespace heddle {

// The one that exists; hooks have no argument to find it by.
extern Scheduler* g_scheduler __attribute__((visibility("hidden")));

// The bytes of an access within its 8 bytes; it must not cross into the next.
inline std::uint8_t byte_mask(Address address, unsigned size) {
  return static_cast<std::uint8_t>(((1U << size) - 1) << (address & 7));
}

template <bool kReplay, bool kWrite>
inline void Scheduler::access(Address address, unsigned size, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) [[unlikely]]
    check_limits();
  // A schedule names points by steps. Where a replay comes from, other plain accesses may have been
  // points than are known here, so it stops at all of them.
  if (kReplay || racy_.contains(pc)) [[unlikely]] {
    plain_point(kWrite ? OpKind::write : OpKind::read, address, size, pc);
  }
  if ((address & 7) + size > 8) [[unlikely]] {
    check_access_slow(kWrite, address, size, pc);
    return;
  }
  ShadowCell* cell = shadow_.cell(address);
  const std::uint8_t mask = byte_mask(address, size);
  const History& history = cell->history;
  // Seen already since this thread last synchronised.
  if (history.write == running_.epoch && (history.write_access.mask() & mask) == mask) return;
  if (!kWrite && history.read == running_.epoch && (history.read_access.mask() & mask) == mask) {
    return;
  }
  if (cell->sync != 0) [[unlikely]] {
    check_access_slow(kWrite, address, size, pc);
    return;
  }
  Race race;
  if (races_.access<kWrite>(cell, mask, pc, running_.epoch, running_.thread->clock, race))
      [[unlikely]] {
    on_race(race, address, size, kWrite, false, pc);
  }
}

}  // namespace heddle
