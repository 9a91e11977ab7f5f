// Synchronisation objects of the program under test, known by their addresses.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "harness/engine/fuzz/race_detector.h"
#include "harness/engine/fuzz/shadow.h"
#include "harness/model/vector_clock.h"

namespace heddle {

struct FuzzThread;

// In ShadowCell::sync: no object, but memory that was freed by the access in the cell's history.
inline constexpr std::uint32_t kFreedMemory = ~std::uint32_t{0};

// A mutex, a condition variable, an atomic location, an annotated address, or one of their kin.
// What it is shows in how it is used; the program never says so before.
struct SyncObject {
  Address address = 0;
  const ShadowCell* cell = nullptr;
  std::uint32_t next = 0;  // the next in the same 8 bytes, by index plus one

  VectorClock clock;  // what acquiring it lets a thread know
  bool atomic = false;
  std::uint8_t atomic_size = 0;  // bytes, the largest seen
  AtomicHistory atomics;

  // What one thread at a time has: mutex, spin lock, read-write lock (its writer), once.
  FuzzThread* owner = nullptr;
  std::uint32_t depth = 0;
  Op locked;  // where the owner took it

  // Threads whose next step needs it to be available, see Want.
  FuzzThread* wanters = nullptr;

  // Read-write lock: who reads, and what the readers before let the next writer know.
  struct Reader {
    FuzzThread* thread;
    Op op;  // where it took it
  };
  std::vector<Reader> readers;
  VectorClock readers_clock;

  // Barrier.
  std::uint32_t arrived = 0;
  std::uint32_t round = 0;

  // Condition variable, futex.
  FuzzThread* first_waiter = nullptr;
  std::uint32_t waiters = 0;
  std::uint64_t unheard = 0;  // notifications sent while nobody waited
  ThreadId unheard_thread = kNoThread;
  Op unheard_op;
};

class SyncTable {
 public:
  void begin_run() { used_ = 0; }

  // The object at this address, made if there is none yet.
  SyncObject* find(const ShadowCell* cell, Address address) {
    for (SyncObject* object = first(cell); object != nullptr; object = next(*object)) {
      if (object->address == address) return object;
    }
    return nullptr;
  }

  // All objects in the 8 bytes of a cell: first() and then next() until null.
  SyncObject* first(const ShadowCell* cell) {
    if (cell->sync == 0 || cell->sync > used_) return nullptr;
    SyncObject& object = objects_[cell->sync - 1];
    return object.cell == cell ? &object : nullptr;
  }
  SyncObject* next(const SyncObject& object) {
    return object.next == 0 ? nullptr : &objects_[object.next - 1];
  }

  // There must be none at this address.
  SyncObject& add(ShadowCell* cell, Address address) {
    if (used_ == objects_.size()) objects_.emplace_back();
    SyncObject& object = objects_[used_];
    SyncObject* old_first = first(cell);
    object.address = address;
    object.cell = cell;
    object.next = old_first == nullptr ? 0 : cell->sync;
    object.clock.clear();
    object.atomic = false;
    object.atomic_size = 0;
    object.atomics.writes.clear();
    object.atomics.reads.clear();
    object.owner = nullptr;
    object.depth = 0;
    object.wanters = nullptr;
    object.readers.clear();
    object.readers_clock.clear();
    object.arrived = 0;
    object.round = 0;
    object.first_waiter = nullptr;
    object.waiters = 0;
    object.unheard = 0;
    cell->sync = static_cast<std::uint32_t>(++used_);
    return object;
  }

 private:
  std::deque<SyncObject> objects_;  // never moved; reused from run to run
  std::size_t used_ = 0;
};

}  // namespace heddle
