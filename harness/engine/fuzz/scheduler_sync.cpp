// The scheduler's rarer synchronisation objects: read-write locks, spin locks, semaphores,
// barriers, once, futexes, thread-specific data; and memory that was freed.
#include <errno.h>
#include <semaphore.h>

#include <algorithm>
#include <string>

#include "harness/engine/fuzz/access.h"
#include "harness/engine/fuzz/scheduler.h"
#include "harness/engine/fuzz/virtual_time.h"
#include "harness/hooks/c_library.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

namespace heddle {
namespace {

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

// 0: none.
std::uint64_t deadline_of(const SyncCall& call) {
  return call.deadline == nullptr ? 0 : virtual_time(*call.deadline);
}

// How many threads a barrier is for. The C library's layout, the same since 2.23: two words of
// state, then the count.
std::uint32_t parties_of(const void* barrier) {
  return static_cast<const std::uint32_t*>(barrier)[2];
}

// What an operation is before it is known whether it can be done.
// With a time limit it may fail too, like a try.
OpKind tried_or(const SyncCall& call, OpKind waits) {
  return call.tries || call.deadline != nullptr ? OpKind::mutex_trylock_fail : waits;
}

}  // namespace

int Scheduler::sync_call(const SyncCall& call, Address pc) {
  switch (call.kind) {
    case SyncCall::Kind::rwlock_read_lock:
      return read_lock(call, pc);
    case SyncCall::Kind::rwlock_write_lock:
      return write_lock(call, pc);
    case SyncCall::Kind::rwlock_unlock:
      return rwlock_unlock(call, pc);
    case SyncCall::Kind::spin_lock:
      return spin_lock(call, pc);
    case SyncCall::Kind::spin_unlock:
      return spin_unlock(call, pc);
    case SyncCall::Kind::sem_wait:
      return sem_wait(call, pc);
    case SyncCall::Kind::sem_post:
      return sem_post(call, pc);
    case SyncCall::Kind::barrier_wait:
      return barrier_wait(call, pc);
    case SyncCall::Kind::once_begin:
      return once_begin(call, pc);
    case SyncCall::Kind::once_end:
      return once_end(call, pc);
    case SyncCall::Kind::futex_wait:
      return futex_wait(call, pc);
    case SyncCall::Kind::futex_wake:
      return futex_wake(call, pc);
    case SyncCall::Kind::rwlock_destroy:
    case SyncCall::Kind::spin_destroy:
    case SyncCall::Kind::sem_destroy:
    case SyncCall::Kind::barrier_destroy:
      destroy(address_of(call.object), pc);
      return 0;
  }
  return ENOSYS;
}

// ---- read-write locks
// -----------------------------------------------------------------------------
//
// As the C library has them unless told otherwise: readers come in whenever no writer is in, so
// that one thread may read-lock twice, and writers may starve.

int Scheduler::refused(Op& op) {
  idle();
  op.kind = OpKind::mutex_trylock_fail;
  looked(op);
  return EBUSY;
}

int Scheduler::timed_out(Op& op) {
  op.kind = OpKind::timeout;
  looked(op);
  return ETIMEDOUT;
}

int Scheduler::read_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = sync_at(address_of(call.object), pc);
  Op& op = begin_op(
      {.kind = tried_or(call, OpKind::rwlock_read_lock), .address = lock.address, .pc = pc});
  FuzzThread& self = *running_.thread;
  if (call.tries) {
    arrive();
    if (lock.owner != nullptr) {
      return refused(op);
    }
  } else {
    if (lock.owner == &self) return EDEADLK;
    if (!obtain(lock, Want::shared, deadline_of(call))) return timed_out(op);
  }
  op.kind = OpKind::rwlock_read_lock;
  changed();
  {
    const RuntimeScope scope;
    lock.readers.push_back({&self, op});
  }
  acquire(lock.clock);
  refresh(lock);
  done(op);
  return 0;
}

int Scheduler::write_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = sync_at(address_of(call.object), pc);
  Op& op = begin_op(
      {.kind = tried_or(call, OpKind::rwlock_write_lock), .address = lock.address, .pc = pc});
  FuzzThread& self = *running_.thread;
  if (call.tries) {
    arrive();
    if (lock.owner != nullptr || !lock.readers.empty()) {
      return refused(op);
    }
  } else {
    if (lock.owner == &self) return EDEADLK;
    const auto mine =
        std::find_if(lock.readers.begin(), lock.readers.end(),
                     [&self](const SyncObject::Reader& reader) { return reader.thread == &self; });
    if (mine != lock.readers.end() && call.deadline == nullptr) {
      self_deadlock(op, mine->op, "locks for writing what it holds for reading itself");
    }
    if (!obtain(lock, Want::exclusive, deadline_of(call))) return timed_out(op);
  }
  op.kind = OpKind::rwlock_write_lock;
  changed();
  acquire(lock.readers_clock);
  take(lock, op);
  return 0;
}

int Scheduler::rwlock_unlock(const SyncCall& call, Address pc) {
  SyncObject& lock = sync_at(address_of(call.object), pc);
  FuzzThread& self = *running_.thread;
  const Op& op =
      begin_op({.kind = lock.owner == &self ? OpKind::rwlock_unlock : OpKind::rwlock_shared_unlock,
                .address = lock.address,
                .pc = pc});
  const auto mine = [&] {
    return std::find_if(
        lock.readers.begin(), lock.readers.end(),
        [&self](const SyncObject::Reader& reader) { return reader.thread == &self; });
  };
  if (lock.owner != &self && mine() == lock.readers.end()) {
    bad_unlock(op, lock, "unlocks a read-write lock that it does not hold");
  }
  arrive();
  changed();
  done(op);
  if (lock.owner == &self) {
    // What the readers before knew, the writer knew too.
    lock.readers_clock.clear();
    release(lock);
    return 0;
  }
  lock.readers.erase(mine());
  lock.readers_clock.join(self.clock);
  tick();
  refresh(lock);
  return 0;
}

// ---- spin locks
// -----------------------------------------------------------------------------------

int Scheduler::spin_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = sync_at(address_of(call.object), pc);
  Op& op =
      begin_op({.kind = tried_or(call, OpKind::mutex_lock), .address = lock.address, .pc = pc});
  if (call.tries) {
    arrive();
    if (lock.owner != nullptr) {
      return refused(op);
    }
    op.kind = OpKind::mutex_lock;
  } else {
    if (lock.owner == running_.thread) {
      self_deadlock(op, lock.locked, "locks a spin lock that it holds itself");
    }
    obtain(lock, Want::exclusive, 0);
  }
  changed();
  take(lock, op);
  return 0;
}

int Scheduler::spin_unlock(const SyncCall& call, Address pc) {
  SyncObject& lock = sync_at(address_of(call.object), pc);
  const Op& op = begin_op({.kind = OpKind::mutex_unlock, .address = lock.address, .pc = pc});
  if (lock.owner != running_.thread) {
    bad_unlock(op, lock, "unlocks a spin lock that it does not hold");
  }
  arrive();
  changed();
  done(op);
  release(lock);
  return 0;
}

// ---- semaphores: their value stays where the program has it
// ---------------------------------------

int Scheduler::sem_wait(const SyncCall& call, Address pc) {
  auto* native = static_cast<sem_t*>(call.object);
  SyncObject& semaphore = sync_at(address_of(call.object), pc);
  Op& op = begin_op({.kind = OpKind::sem_wait, .address = semaphore.address, .pc = pc});
  if (call.tries) {
    arrive();
  } else if (!obtain(semaphore, Want::unit, deadline_of(call))) {
    return timed_out(op);
  }
  if (HEDDLE_NEXT(sem_trywait)(native) != 0) {
    idle();
    op.kind = OpKind::sem_trywait_fail;
    looked(op);
    return EAGAIN;
  }
  changed();
  acquire(semaphore.clock);
  refresh(semaphore);
  done(op);
  return 0;
}

int Scheduler::sem_post(const SyncCall& call, Address pc) {
  SyncObject& semaphore = sync_at(address_of(call.object), pc);
  const Op& op = begin_op({.kind = OpKind::sem_post, .address = semaphore.address, .pc = pc});
  arrive();
  const int error = call_c_library(call);
  if (error != 0) return error;
  changed();
  semaphore.clock.join(running_.thread->clock);
  tick();
  refresh(semaphore);
  done(op);
  return 0;
}

// ---- barriers
// -------------------------------------------------------------------------------------

int Scheduler::barrier_wait(const SyncCall& call, Address pc) {
  SyncObject& barrier = sync_at(address_of(call.object), pc);
  const Op& op = begin_op({.kind = OpKind::barrier_wait, .address = barrier.address, .pc = pc});
  FuzzThread& self = *running_.thread;
  arrive();
  changed();
  done(op);
  ++barrier.arrived;
  barrier.clock.join(self.clock);
  if (barrier.arrived < parties_of(call.object)) {
    tick();
    self.want_round = barrier.round;
    begin_want(self, barrier, Want::next_round);
    block();
    end_want(self);
    return 0;
  }
  // To each of this round now: who comes to the next may be faster than who leaves this one.
  for (FuzzThread* other = barrier.wanters; other != nullptr; other = other->next_wanter) {
    other->clock.join(barrier.clock);
    tell_woken(*other);
  }
  acquire(barrier.clock);
  tick();
  barrier.clock.clear();
  barrier.arrived = 0;
  ++barrier.round;
  refresh(barrier);
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

// ---- once
// -----------------------------------------------------------------------------------------

int Scheduler::once_begin(const SyncCall& call, Address pc) {
  SyncObject& once = sync_at(address_of(call.object), pc);
  Op& op = begin_op({.kind = OpKind::once, .address = once.address, .pc = pc});
  if (once.owner == running_.thread) {
    self_deadlock(op, once.locked, "is in the very initialisation that it waits for");
  }
  obtain(once, Want::exclusive, 0);
  changed();
  if (call.is_done(call.object)) {
    acquire(once.clock);
    op.kind = OpKind::once_done;
    done(op);
    return 0;
  }
  take(once, op);
  return 1;
}

int Scheduler::once_end(const SyncCall& call, Address pc) {
  SyncObject& once = sync_at(address_of(call.object), pc);
  ++running_.step;
  // A guard that was taken before the run, or by code that Heddle does not see.
  if (once.owner != running_.thread) return 0;
  done_unseen({.kind = OpKind::once_end, .address = once.address, .pc = pc});
  release(once);
  return 0;
}

// ---- futexes
// --------------------------------------------------------------------------------------

int Scheduler::futex_wait(const SyncCall& call, Address pc) {
  const Address address = address_of(call.object);
  SyncObject& word = sync_at(address, pc);
  const Op& op = begin_op({.kind = OpKind::futex_wait, .size = 4, .address = address, .pc = pc});
  FuzzThread& self = *running_.thread;
  arrive();
  done(op);
  running_.native_pc = pc;
  const bool differs = native_load(address, 4) != call.value;
  running_.native_pc = 0;
  if (differs) {
    idle();
    return EAGAIN;
  }
  changed();
  self.want_round = call.value;
  self.wanted = nullptr;
  add_waiter(word, self);
  const bool by_itself = wait_for_others(deadline_of(call), false);
  if (by_itself || self.timed_out) {
    done_unseen({.kind = OpKind::timeout, .address = address, .pc = pc});
  }
  if (self.cond != nullptr) {
    remove_waiter(word, self);
    self.cond = nullptr;
  }
  return self.timed_out ? ETIMEDOUT : 0;
}

int Scheduler::futex_wake(const SyncCall& call, Address pc) {
  const Address address = address_of(call.object);
  SyncObject& word = sync_at(address, pc);
  const Op& op = begin_op({.kind = OpKind::futex_wake, .size = 4, .address = address, .pc = pc});
  arrive();
  changed();
  done(op);
  return static_cast<int>(wake_some(word, call.value));
}

// ---- thread-specific data
// -------------------------------------------------------------------------

int Scheduler::create_key(pthread_key_t* key, void (*destructor)(void*)) {
  return keys_.create(key, destructor);
}

int Scheduler::delete_key(pthread_key_t key) {
  return ThreadKeys::owns(key) ? keys_.remove(key) : passthrough_table().key_delete(key);
}

int Scheduler::set_key(pthread_key_t key, void* value) {
  return ThreadKeys::owns(key) ? keys_.set(running_.thread->key_values, key, value)
                               : passthrough_table().key_set(key, value);
}

void* Scheduler::get_key(pthread_key_t key) const {
  return ThreadKeys::owns(key) ? keys_.get(running_.thread->key_values, key)
                               : passthrough_table().key_get(key);
}

// ---- freed memory
// ---------------------------------------------------------------------------------

void Scheduler::heap_free(Address block, std::size_t size, Address pc) {
  ++running_.step;
  if (job_->leaks) [[unlikely]] {
    const RuntimeScope scope;
    allocations_.erase(block);
  }
  const VectorClock& clock = running_.thread->clock;
  const Epoch now = running_.epoch;
  bool raced = false;
  for (Address at = block; at < block + size; at += 8) {
    ShadowCell* cell = shadow_.cell(at);
    if ((cell->split | cell->reads) != 0 ||
        !races_.record_ordered<true>(cell, 0xff, pc, now, clock)) {
      Race race;
      // One report for the block, with the first access that nothing orders.
      if (races_.access<true>(cell, 0xff, pc, now, clock, race) && !raced) {
        raced = true;
        on_race(race, {.kind = OpKind::heap_free, .size = 8, .address = at, .pc = pc});
      }
      cell->reads = 0;
      cell->split = 0;
    }
    // Every later access, of this thread too, must come by the slow way.
    cell->history.write = now;
    cell->history.write_access = CodeAndBytes(pc, 0);
    cell->history.read = Epoch();
    cell->sync = kFreedMemory;
  }
  done({.kind = OpKind::heap_free, .address = block, .address2 = block + size, .pc = pc});
}

void Scheduler::use_after_free(const ShadowCell* cell, const Op& op) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::use_after_free, .message = {}, .places = {}};
  failure.places.push_back(here(op));
  failure.places.push_back({.thread = cell->history.write.thread(),
                            .op = {.kind = OpKind::heap_free,
                                   .address = op.address,
                                   .pc = cell->history.write_access.pc()},
                            .stack = {},
                            .note = "freed it here"});
  end(std::move(failure));
  leave_run();
}

void Scheduler::double_free(Address block, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::double_free, .message = {}, .places = {}};
  failure.places.push_back(here({.kind = OpKind::heap_free, .address = block, .pc = pc}));
  const ShadowCell* cell = shadow_.cell(block);
  if (is_freed(cell)) {
    failure.places.push_back(
        {.thread = cell->history.write.thread(),
         .op = {.kind = OpKind::heap_free, .address = block, .pc = cell->history.write_access.pc()},
         .stack = {},
         .note = "freed it before"});
  }
  end(std::move(failure));
  leave_run();
}

SyncObject& Scheduler::sync_at(Address address, Address pc) {
  ShadowCell* cell = shadow_.cell(address);
  if (SyncObject* object = sync_.find(cell, address)) [[likely]]
    return *object;
  if (is_freed(cell)) [[unlikely]] {
    const Op op{.kind = OpKind::write, .size = 8, .address = address, .pc = pc};
    use_after_free(cell, op);
  }
  const RuntimeScope scope;
  return sync_.add(cell, address);
}

void Scheduler::unsupported(const char* function) {
  {
    const RuntimeScope scope;
    result_.outcome = HarnessError{
        std::string("the program calls ") + function +
        ", which the fuzz engine cannot control; the stress and tsan engines can run it"};
  }
  leave_run();
}

}  // namespace heddle
