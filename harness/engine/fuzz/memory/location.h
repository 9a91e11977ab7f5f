// Addresses that threads synchronise by, in whatever way: atomics, annotations, and the objects of
// the room above.
#pragma once

#include <cstdint>
#include <deque>

#include "harness/engine/fuzz/memory/race_detector.h"
#include "harness/engine/fuzz/memory/shadow.h"
#include "harness/model/vector_clock.h"

namespace heddle {

// In ShadowCell::sync: no location, but memory that was freed by the access in the cell's history.
inline constexpr std::uint32_t kFreedMemory = ~std::uint32_t{0};

struct Location {
  Address address = 0;
  const ShadowCell* cell = nullptr;
  std::uint32_t next = 0;  // the next in the same 8 bytes, by index plus one

  VectorClock clock;  // what acquiring it lets a thread know
  bool atomic = false;
  std::uint8_t atomic_size = 0;  // bytes, the largest seen
  AtomicHistory atomics;

  // Of an object: how its life began or ended last (object_init, object_destroy; none: no call has
  // said), when and where.
  OpKind life_kind = OpKind::none;
  Epoch life;
  Address life_pc = 0;

  std::uint32_t object = 0;  // what the room above knows of it, by index plus one
};

class LocationTable {
 public:
  void begin_run() { used_ = 0; }

  // nullptr if there is none at this address.
  Location* find(const ShadowCell* cell, Address address) {
    for (Location* location = first(cell); location != nullptr; location = next(*location)) {
      if (location->address == address) return location;
    }
    return nullptr;
  }

  // All locations in the 8 bytes of a cell: first() and then next() until null.
  Location* first(const ShadowCell* cell) {
    if (cell->sync == 0 || cell->sync > used_) return nullptr;
    Location& location = locations_[cell->sync - 1];
    return location.cell == cell ? &location : nullptr;
  }
  Location* next(const Location& location) {
    return location.next == 0 ? nullptr : &locations_[location.next - 1];
  }

  // There must be none at this address.
  Location& add(ShadowCell* cell, Address address) {
    if (used_ == locations_.size()) locations_.emplace_back();
    Location& location = locations_[used_];
    Location* old_first = first(cell);
    location.address = address;
    location.cell = cell;
    location.next = old_first == nullptr ? 0 : cell->sync;
    location.clock.clear();
    location.atomic = false;
    location.atomic_size = 0;
    location.atomics.writes.clear();
    location.atomics.reads.clear();
    location.life_kind = OpKind::none;
    location.object = 0;
    cell->sync = static_cast<std::uint32_t>(++used_);
    return location;
  }

 private:
  std::deque<Location> locations_;  // never moved; reused from run to run
  std::size_t used_ = 0;
};

}  // namespace heddle
