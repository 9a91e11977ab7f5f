// Read-write locks: pthread_rwlock_t, and so std::shared_mutex.
//
// As the C library has them unless told otherwise: readers come in whenever no writer is in, so
// that one thread may read-lock twice, and writers may starve.
#include <errno.h>

#include <algorithm>

#include "harness/engine/fuzz/objects/kinds.h"

namespace heddle {
namespace {

auto reader(SyncObject& lock, const FuzzThread& thread) {
  return std::find_if(
      lock.readers.begin(), lock.readers.end(),
      [&thread](const SyncObject::Reader& reader) { return reader.thread == &thread; });
}

int read_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op(
      {.kind = tried_or(call, OpKind::rwlock_read_lock), .address = lock.address, .pc = pc});
  FuzzThread& self = g_run->self();
  if (call.tries) {
    g_run->arrive();
    if (lock.owner != nullptr) return Objects::refused(op);
  } else {
    if (lock.owner == &self) return EDEADLK;
    if (!Objects::obtain(lock, Want::shared, deadline_of(call))) return Objects::timed_out(op);
  }
  op.kind = OpKind::rwlock_read_lock;
  g_run->changed();
  {
    const RuntimeScope scope;
    lock.readers.push_back({&self, op});
  }
  g_run->acquire(lock.clock());
  Objects::refresh(lock);
  g_run->done(op);
  return 0;
}

int write_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op(
      {.kind = tried_or(call, OpKind::rwlock_write_lock), .address = lock.address, .pc = pc});
  FuzzThread& self = g_run->self();
  if (call.tries) {
    g_run->arrive();
    if (lock.owner != nullptr || !lock.readers.empty()) return Objects::refused(op);
  } else {
    if (lock.owner == &self) return EDEADLK;
    const auto mine = reader(lock, self);
    if (mine != lock.readers.end() && call.deadline == nullptr) {
      Objects::self_deadlock(op, mine->op, "locks for writing what it holds for reading itself");
    }
    if (!Objects::obtain(lock, Want::exclusive, deadline_of(call))) return Objects::timed_out(op);
  }
  op.kind = OpKind::rwlock_write_lock;
  g_run->changed();
  g_run->acquire(lock.readers_clock);
  Objects::take(lock, op);
  return 0;
}

int unlock(const SyncCall& call, Address pc) {
  SyncObject& lock = g_objects->at(call.object, pc);
  FuzzThread& self = g_run->self();
  const bool writes = lock.owner == &self;
  const Op& op =
      g_run->begin_op({.kind = writes ? OpKind::rwlock_unlock : OpKind::rwlock_shared_unlock,
                       .address = lock.address,
                       .pc = pc});
  if (!writes && reader(lock, self) == lock.readers.end()) {
    Objects::bad_unlock(op, lock, "unlocks a read-write lock that it does not hold");
  }
  g_run->arrive();
  g_run->changed();
  g_run->done(op);
  if (writes) {
    // What the readers before knew, the writer knew too.
    lock.readers_clock.clear();
    Objects::release(lock);
    return 0;
  }
  lock.readers.erase(reader(lock, self));
  lock.readers_clock.join(self.clock);
  g_run->tick();
  Objects::refresh(lock);
  return 0;
}

}  // namespace

void answer_rwlock(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::rwlock_read_lock] = read_lock;
  calls[SyncCall::Kind::rwlock_write_lock] = write_lock;
  calls[SyncCall::Kind::rwlock_unlock] = unlock;
  calls[SyncCall::Kind::rwlock_destroy] = destroy_object<sizeof(pthread_rwlock_t)>;
}

}  // namespace heddle
