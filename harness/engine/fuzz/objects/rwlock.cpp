// Read-write locks: pthread_rwlock_t, and so std::shared_mutex.
//
// As the C library has them. Unless told otherwise readers come in whenever no writer is in, so
// that one thread may read-lock twice, and writers may starve. Of the kind
// PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, readers wait while others read and a writer waits
// (glibc 2.36, nptl/pthread_rwlock_common.c); the kind PTHREAD_RWLOCK_PREFER_WRITER_NP is to it as
// the default. That the last reader hands the lock to a writer that waits makes no difference that
// a program could see: as if the writer had come later.
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

bool prefers_writers(const SyncCall& call) {
  return static_cast<const pthread_rwlock_t*>(call.object)->__data.__flags ==
         PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

// From here on readers wait for this writer, until it has had the lock or given up.
class Queued {
 public:
  Queued(const SyncCall& call, SyncObject& lock, Address pc)
      : lock_(prefers_writers(call) || g_run->job().any_rwlock ? &lock : nullptr) {
    if (lock_ == nullptr) return;
    const Op& op =
        g_run->begin_op({.kind = OpKind::rwlock_queue, .address = lock.address, .pc = pc});
    g_run->arrive();
    g_run->changed();
    g_run->done(op);
    ++lock.queued_writers;
    Objects::refresh(lock);
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;
  void leave() {
    if (lock_ == nullptr) return;
    --lock_->queued_writers;
    Objects::refresh(*lock_);
  }

 private:
  SyncObject* lock_;
};

// What a reader needs of the lock.
Want wanted_by_reader(const SyncCall& call, const SyncObject& lock, Address pc) {
  Want want = prefers_writers(call) ? Want::behind : Want::shared;
  const bool matters = lock.owner == nullptr && lock.queued_writers != 0 && !lock.readers.empty();
  if (!g_run->job().any_rwlock || !matters) return want;
  if (g_run->choose(Choice::rwlock_policy, 2) == 1) {
    want = want == Want::shared ? Want::behind : Want::shared;
    g_run->done({.kind = OpKind::rwlock_other, .address = lock.address, .pc = pc});
  }
  return want;
}

// Where writers that wait come first, it hangs on them too, and that is told of no lock.
void tell_reader(const SyncObject& lock, Want want, bool tries) {
  if (want == Want::behind) return;
  g_run->found(lock.taken(), tries ? kTryToShareFails : LeavesAlone::never());
}

int read_lock(const SyncCall& call, Address pc) {
  SyncObject& lock = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op(
      {.kind = tried_or(call, OpKind::rwlock_read_lock), .address = lock.address, .pc = pc});
  FuzzThread& self = g_run->self();
  if (call.tries) {
    g_run->arrive();
    self.want = wanted_by_reader(call, lock, pc);
    tell_reader(lock, self.want, true);
    if (!Objects::available(lock, self)) return Objects::refused(op);
  } else {
    if (lock.owner == &self) return EDEADLK;
    // Whether a writer waits is seen when the thread's turn has come.
    if (g_run->job().any_rwlock) g_run->arrive();
    const Want want = wanted_by_reader(call, lock, pc);
    const bool obtained = Objects::obtain(lock, want, deadline_of(call));
    tell_reader(lock, want, call.deadline != nullptr);
    if (!obtained) return Objects::timed_out(op);
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
  const Op wanted{
      .kind = tried_or(call, OpKind::rwlock_write_lock), .address = lock.address, .pc = pc};
  Op& op = g_run->begin_op(wanted);
  FuzzThread& self = g_run->self();
  if (call.tries) {
    g_run->arrive();
    g_run->found(lock.taken(), kTryFails);
    if (lock.taken() != 0) return Objects::refused(op);
  } else {
    if (lock.owner == &self) return EDEADLK;
    const auto mine = reader(lock, self);
    if (mine != lock.readers.end() && call.deadline == nullptr) {
      Objects::self_deadlock(op, mine->op, "locks for writing what it holds for reading itself");
    }
    Queued queued(call, lock, pc);
    op = wanted;
    const bool obtained = Objects::obtain(lock, Want::exclusive, deadline_of(call));
    queued.leave();
    if (call.deadline != nullptr) g_run->found(lock.taken(), kTryFails);
    if (!obtained) return Objects::timed_out(op);
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
  g_run->found(lock.taken(), LeavesAlone::never());
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
