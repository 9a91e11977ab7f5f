#include "harness/engine/fuzz/run/fingerprint.h"

#include <algorithm>

namespace heddle {

void Fingerprint::add(std::uint64_t& mine, const Op& op) {
  switch (op.kind) {
    case OpKind::read:
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
      memory(mine, op.address, static_cast<unsigned>(end_of(op) - op.address), false);
      return;
    case OpKind::write:
    case OpKind::atomic_store:
    case OpKind::atomic_rmw:
      memory(mine, op.address, static_cast<unsigned>(end_of(op) - op.address), true);
      return;
    case OpKind::rwlock_read_lock:
    case OpKind::rwlock_shared_unlock:
    case OpKind::once_done:
    case OpKind::sem_trywait_fail:
    case OpKind::sem_read:
      read(mine, object(op.address));
      return;
    case OpKind::mutex_trylock_fail:
      refuse(mine, object(op.address));
      return;
    case OpKind::futex_wait:
      memory(mine, op.address, 4, false);
      write(mine, object(op.address));
      return;
    case OpKind::cond_wait:
      write(mine, object(op.address));
      write(mine, object(op.address2));
      return;
    case OpKind::timeout:
      // Of a sleep: of no object.
      if (op.address == 0) return;
      [[fallthrough]];
    default:
      write(mine, object(op.address));
      return;
  }
}

inline void Fingerprint::part_of_memory(std::uint64_t& mine, Address place, unsigned first,
                                        unsigned bytes, bool writes) {
  const auto mask = static_cast<std::uint8_t>(((1U << bytes) - 1U) << first);
  Slot* slot = find(place, mask);
  if (slot == nullptr) [[unlikely]] {
    memory_in_parts(mine, place, mask, writes);
  } else if (writes) {
    write_bytes(mine, *slot, bytes);
  } else {
    read_bytes(mine, *slot, bytes);
  }
}

void Fingerprint::memory(std::uint64_t& mine, Address address, unsigned size, bool writes) {
  if ((address & 7) + size <= 8) [[likely]] {
    part_of_memory(mine, address >> 3, address & 7, size, writes);
    return;
  }
  const Address end = address + size;
  for (Address at = address; at < end;) {
    const Address next = std::min((at | 7) + 1, end);
    part_of_memory(mine, at >> 3, at & 7, static_cast<unsigned>(next - at), writes);
    at = next;
  }
}

// Bytes that were not yet accessed together, and only these, as one.
void Fingerprint::memory_in_parts(std::uint64_t& mine, Address place, std::uint8_t mask,
                                  bool writes) {
  // Of a slot that has other bytes too, those get one of their own.
  unsigned left = mask;
  for (bool whole = false; !whole;) {
    whole = true;
    left = mask;
    for (std::size_t at = first_slot(place); slots_[at].run == run_; at = next(at)) {
      Slot& slot = slots_[at];
      if (slot.place != place || (slot.mask & mask) == 0) continue;
      if ((slot.mask & ~mask) != 0) {
        Slot rest = slot;
        rest.mask = static_cast<std::uint8_t>(slot.mask & ~mask);
        slot.mask &= mask;
        add_slot(rest);
        whole = false;
        break;
      }
      left &= ~unsigned{slot.mask};
    }
  }
  if (left != 0) add_slot({.place = place, .mask = static_cast<std::uint8_t>(left)});

  std::uint64_t before = 0;
  const auto for_each_part = [&](auto&& visit) {
    for (std::size_t at = first_slot(place); slots_[at].run == run_; at = next(at)) {
      if (slots_[at].place == place && (slots_[at].mask & mask) != 0) visit(slots_[at]);
    }
  };
  for_each_part([&](const Slot& slot) {
    const auto bytes = static_cast<unsigned>(std::popcount(slot.mask));
    before += bytes * (slot.written + (writes ? slot.reads * kRead : 0));
  });
  mine = mixed(mine, before + (writes ? 0 : kRead));
  for_each_part([&](Slot& slot) {
    slot.written = writes ? mine : slot.written;
    slot.reads = writes ? 0 : slot.reads + mine;
  });
}

Fingerprint::Slot& Fingerprint::add_slot(const Slot& slot) {
  if (used_ * 2 >= slots_.size()) grow();
  ++used_;
  std::size_t at = first_slot(slot.place);
  while (slots_[at].run == run_) at = next(at);
  slots_[at] = slot;
  slots_[at].run = run_;
  return slots_[at];
}

void Fingerprint::grow() {
  const RuntimeScope scope;
  const std::vector<Slot> old = std::move(slots_);
  slots_ = std::vector<Slot>(old.size() * 2);
  --shift_;
  for (const Slot& slot : old) {
    if (slot.run != run_) continue;
    std::size_t at = first_slot(slot.place);
    while (slots_[at].run == run_) at = next(at);
    slots_[at] = slot;
  }
}

}  // namespace heddle
