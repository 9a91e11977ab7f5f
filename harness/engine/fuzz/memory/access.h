// The hot path: what happens at every plain access of the program.
#pragma once

#include "harness/engine/fuzz/memory/memory.h"

namespace heddle {

// The bytes of an access within its 8 bytes; it must not cross into the next.
inline std::uint8_t byte_mask(Address address, unsigned size) {
  if (size == 8) return 0xff;
  return static_cast<std::uint8_t>(((1U << size) - 1) << (address & 7));
}

template <bool kReplay, bool kWrite>
inline void Memory::access(Address address, unsigned size, Address pc) {
  Running& running = g_run->running();
  ++running.step;
  if (!FiberStacks::holds(address)) {
    if (kWrite) ++running.changes;
  } else if (address - running.stack_begin >= FiberStacks::kSlot) [[unlikely]] {
    check_anothers_frame(address, kWrite ? OpKind::write : OpKind::read, pc);
    // Not of its own variables: a loop that waits may well write to these.
    if (kWrite) ++running.changes;
  }
  // A schedule names points by steps. Where a replay comes from, other plain accesses may have been
  // points than are known here, so it stops at all of them.
  if (kReplay || running.step >= running.stop_step || racy_.may_contain(pc) ||
      (address & 7) + size > 8) [[unlikely]] {
    access_point<kReplay, kWrite>(address, size, pc);
    return;
  }
  check_access<kWrite, true>(address, size, pc);
}

// All else is a call at the end, so that the common way through saves no register.
template <bool kWrite, bool kLearns>
inline void Memory::check_access(Address address, unsigned size, Address pc) {
  const std::uint8_t mask = byte_mask(address, size);
  ShadowCell* cell = shadow_.find(address);
  if (cell == nullptr) [[unlikely]] {
    record_first_access<kWrite>(mask, address, pc);
    return;
  }
  // Before the short cut: it hides the second access of a thread from the detector, and with it the
  // code address at which another could come between the two.
  if (kLearns && (cell->racing & mask) != 0) [[unlikely]] {
    learn_access<kWrite>(address, size, pc);
    return;
  }
  History& history = cell->history;
  const Epoch last = kWrite ? history.write : history.read;
  CodeAndBytes& access = kWrite ? history.write_access : history.read_access;
  const CodeAndBytes mine(pc, mask);
  if (last == g_run->now()) [[likely]] {
    // Seen already since this thread last synchronised.
    if (access == mine || (access.is_merged() && (access.mask() & mask) == mask)) return;
    // The same by other code, which from now on is the last: it could be that another thread can
    // come to these bytes behind the one and before the other only, see races.cpp.
    if (access.mask() == mask && (cell->split | cell->reads) == 0) {
      access = mine;
      return;
    }
  }
  record_access<kWrite>(cell, mask, address, pc);
}

}  // namespace heddle
