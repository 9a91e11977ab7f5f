// What is known of a synchronisation object of the program under test.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "harness/engine/fuzz/memory/location.h"
#include "harness/model/op.h"
#include "harness/model/vector_clock.h"

namespace heddle {

struct FuzzThread;

// A mutex, a condition variable, a futex or one of their kin. What it is shows in how it is used;
// the program never says so before.
struct SyncObject {
  Location* location = nullptr;
  Address address = 0;

  VectorClock& clock() const { return location->clock; }

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
  // As Strategy::found() has it.
  std::uint64_t taken() const { return owner != nullptr ? 1 : 2 * readers.size(); }
  std::uint32_t queued_writers = 0;  // of a lock that prefers them: readers that come later wait
  // Barrier: likewise those who have left it, and who destroys it.
  VectorClock readers_clock;

  // Barrier. Who has been let go has yet to leave: the C library looks at it once more.
  std::uint32_t arrived = 0;
  std::uint32_t leaving = 0;
  VectorClock round_clock;  // what those know who have been let go last
  std::uint32_t round = 0;

  // Condition variable, futex.
  FuzzThread* first_waiter = nullptr;
  std::uint32_t waiters = 0;
  std::uint64_t unheard = 0;  // notifications sent while nobody waited
  ThreadId unheard_thread = kNoThread;
  Op unheard_op;
};

class SyncObjects {
 public:
  void begin_run() { used_ = 0; }

  // nullptr if there is none yet.
  SyncObject* find(const Location& location) {
    return location.object == 0 ? nullptr : &objects_[location.object - 1];
  }

  // There must be none yet.
  SyncObject& add(Location& location) {
    if (used_ == objects_.size()) objects_.emplace_back();
    SyncObject& object = objects_[used_];
    object.location = &location;
    object.address = location.address;
    object.owner = nullptr;
    object.depth = 0;
    object.wanters = nullptr;
    object.readers.clear();
    object.queued_writers = 0;
    object.readers_clock.clear();
    object.arrived = 0;
    object.leaving = 0;
    object.round_clock.clear();
    object.round = 0;
    object.first_waiter = nullptr;
    object.waiters = 0;
    object.unheard = 0;
    location.object = static_cast<std::uint32_t>(++used_);
    return object;
  }

 private:
  std::deque<SyncObject> objects_;  // never moved; reused from run to run
  std::size_t used_ = 0;
};

}  // namespace heddle
