// What all synchronisation objects share: who has one, who waits for it, who is woken.
//
// Each kind is one file, which answers the calls of that kind, and one line in kinds.def.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/engine/fuzz/memory/memory.h"
#include "harness/engine/fuzz/objects/sync_object.h"
#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/engine_table.h"

namespace heddle {

class Objects {
 public:
  void begin_run() {
    objects_.begin_run();
    keys_.begin_run();
  }

  ThreadKeys& keys() { return keys_; }

  // The object at this address, made if there is none yet.
  SyncObject& at(const void* object, Address pc) { return at(address_of(object), pc); }
  SyncObject& at(Address address, Address pc) {
    Run& run = *g_run;
    g_memory->check_frame(address, OpKind::object_use, pc);
    Location& location = g_memory->location(address, pc);
    if (location.life_kind != OpKind::none) {
      if (location.life_kind == OpKind::object_destroy) [[unlikely]]
        use_after_destroy(location, pc);
      g_memory->check_use(location, pc);
    }
    g_memory->check_writes(location, pc);
    location.atomics.reads.set(run.self().id, run.now().time());
    location.atomics.read_pc = pc;
    location.atomics.read_kind = OpKind::object_use;
    return of(location);
  }
  // The same where the object need not live any more. nullptr if its memory was freed.
  SyncObject* at_least(const void* address) {
    Location* location = g_memory->location_if_allocated(address_of(address));
    return location == nullptr ? nullptr : &of(*location);
  }
  SyncObject& of(Location& location) {
    if (SyncObject* object = objects_.find(location)) [[likely]]
      return *object;
    const RuntimeScope scope;
    return objects_.add(location);
  }

  // Whether the object is as the thread wants it.
  static bool available(const SyncObject& object, const FuzzThread& thread);
  // The object is not as it was: who can go on now, and who no longer?
  static void refresh(SyncObject& object);
  static void begin_want(FuzzThread& thread, SyncObject& object, Want want);
  static void end_want(FuzzThread& thread);
  // The running thread's op needs `object` to be available in this way; `deadline`: virtual
  // nanoseconds, 0 for none. Returns whether it is; the caller takes it, before any other thread
  // can.
  static bool obtain(SyncObject& object, Want want, std::uint64_t deadline);
  static void take(SyncObject& object, const Op& op);
  static void release(SyncObject& object);

  // Waits until `deadline`, if not 0; by the strategy's choice, for as long as others leave it.
  // `spuriously`: it may end without a reason too. Returns whether it ended by a choice.
  static bool wait_for_others(std::uint64_t deadline, bool spuriously);
  static void add_waiter(SyncObject& cond, FuzzThread& waiter);
  static void remove_waiter(SyncObject& cond, FuzzThread& waiter);
  // Returns how many were woken.
  static std::uint32_t wake_some(SyncObject& cond, std::uint32_t count);

  // The running thread tried to take what is taken. These return the error to be returned.
  static int refused(Op& op);
  // It waited for that until its time was up.
  static int timed_out(Op& op);
  [[noreturn]] static void bad_unlock(const Op& op, const SyncObject& object, const char* what);
  [[noreturn]] static void self_deadlock(const Op& op, const Op& taken, const char* what);

  // ---- life.cpp: the object's life begins or ends; `size`: its bytes
  void init(const void* object, std::size_t size, Address pc);
  void destroy(const void* object, std::size_t size, Address pc);
  // The memory in which it lies is freed.
  void die(Address begin, std::size_t size, Address pc);

  // Tells the strategy of each thread what it is left waiting for at the end of a run.
  static void tell_waiting(Strategy& strategy);

 private:
  static void wake(SyncObject& cond, FuzzThread& waiter);
  [[noreturn]] static void use_after_destroy(const Location& location, Address pc);
  // Fails the run if the object is in use.
  static void check_unused(const SyncObject& object, std::string_view verb, Address pc);
  void live(Location& location, const Op& op);
  static void time_up(FuzzThread& thread);

  SyncObjects objects_;
  ThreadKeys keys_;
};

extern constinit Room<Objects> g_objects __attribute__((visibility("hidden")));

// What an operation is before it is known whether it can be done. With a time limit it may fail
// too, like a try.
inline OpKind tried_or(const SyncCall& call, OpKind waits) {
  return call.tries || call.deadline != nullptr ? OpKind::mutex_trylock_fail : waits;
}
// When a try leaves a lock as it is, see SyncObject::taken().
inline constexpr LeavesAlone kTryFails = LeavesAlone::unless_equal(0);
inline constexpr LeavesAlone kTryToShareFails = LeavesAlone::if_equal(1, 1);
// For every kind that is destroyed by a SyncCall; `kSize`: its bytes.
template <std::size_t kSize>
int destroy_object(const SyncCall& call, Address pc) {
  g_objects->destroy(call.object, kSize, pc);
  return 0;
}
// Virtual nanoseconds; 0: none.
std::uint64_t deadline_of(const SyncCall& call);

// The calls of all kinds of object.
struct ObjectCalls {
  using Answer = int (*)(const SyncCall& call, Address pc);
  // Index: SyncCall::Kind.
  static constexpr std::size_t kKinds = static_cast<std::size_t>(SyncCall::Kind::futex_wake) + 1;
  Answer answers[kKinds] = {};

  Answer& operator[](SyncCall::Kind kind) { return answers[static_cast<std::size_t>(kind)]; }
};

// Enters what answers each call of an object, of all kinds.
void answer_objects(EngineTable& table);

}  // namespace heddle
