// Synchronisation objects of the program under test, known by their addresses.
#pragma once

#include <cstdint>
#include <deque>

#include "harness/engine/fuzz/race_detector.h"
#include "harness/engine/fuzz/shadow.h"
#include "harness/model/vector_clock.h"

namespace heddle {

struct FuzzThread;

// A mutex, a condition variable, an atomic location or an annotated address. What it is shows in
// how it is used; the program never says so before.
struct SyncObject {
  Address address = 0;
  const ShadowCell* cell = nullptr;
  std::uint32_t next = 0;  // the next in the same 8 bytes, by index plus one

  VectorClock clock;  // what acquiring it lets a thread know
  bool atomic = false;
  AtomicHistory atomics;

  // Mutex.
  FuzzThread* owner = nullptr;
  std::uint32_t depth = 0;
  Op locked;                      // where the owner took it
  FuzzThread* lockers = nullptr;  // threads whose next step is to lock it

  // Condition variable.
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
  SyncObject& at(Shadow& shadow, Address address) {
    ShadowCell* cell = shadow.cell(address);
    if (SyncObject* object = find(cell, address)) return *object;
    return add(cell, address);
  }

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

 private:
  SyncObject& add(ShadowCell* cell, Address address) {
    if (used_ == objects_.size()) objects_.emplace_back();
    SyncObject& object = objects_[used_];
    SyncObject* old_first = first(cell);
    object.address = address;
    object.cell = cell;
    object.next = old_first == nullptr ? 0 : cell->sync;
    object.clock.clear();
    object.atomic = false;
    object.atomics.writes.clear();
    object.atomics.reads.clear();
    object.owner = nullptr;
    object.depth = 0;
    object.lockers = nullptr;
    object.first_waiter = nullptr;
    object.waiters = 0;
    object.unheard = 0;
    cell->sync = static_cast<std::uint32_t>(++used_);
    return object;
  }

  std::deque<SyncObject> objects_;  // never moved; reused from run to run
  std::size_t used_ = 0;
};

}  // namespace heddle
