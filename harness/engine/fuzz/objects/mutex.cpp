// Mutexes: pthread_mutex_t, and so std::mutex and its kin.
#include <errno.h>

#include <algorithm>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/engine/fuzz/run/virtual_time.h"

namespace heddle {
namespace {

constexpr int kMutexRecursive = 1;  // glibc: pthread_mutex_t::__data.__kind & 3
constexpr int kMutexErrorCheck = 2;

int kind_of(const pthread_mutex_t* mutex) {
  return mutex->__data.__kind & 3;
}

int lock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = g_objects->at(mutex, pc);
  const Op& op = g_run->begin_op({.kind = OpKind::mutex_lock, .address = object.address, .pc = pc});
  if (object.owner == &g_run->self()) {
    const int kind = kind_of(mutex);
    if (kind == kMutexRecursive) {
      ++object.depth;
      return 0;
    }
    if (kind == kMutexErrorCheck) return EDEADLK;
    Objects::self_deadlock(op, object.locked, "locks a mutex that it holds itself");
  }
  Objects::obtain(object, Want::exclusive, 0);
  Objects::take(object, op);
  ++g_run->self().held;
  return 0;
}

int timed_lock(pthread_mutex_t* mutex, clockid_t /*clock*/, const timespec* until, Address pc) {
  const std::uint64_t deadline = virtual_time(*until);
  SyncObject& object = g_objects->at(mutex, pc);
  // Like a try it may fail.
  Op& op =
      g_run->begin_op({.kind = OpKind::mutex_trylock_fail, .address = object.address, .pc = pc});
  if (object.owner == &g_run->self()) {
    const int kind = kind_of(mutex);
    if (kind == kMutexRecursive) {
      ++object.depth;
      return 0;
    }
    if (kind == kMutexErrorCheck) return EDEADLK;
  }
  const bool obtained =
      Objects::obtain(object, Want::exclusive, std::max<std::uint64_t>(deadline, 1));
  g_run->found(object.taken(), kTryFails);
  if (!obtained) {
    return Objects::timed_out(op);
  }
  op.kind = OpKind::mutex_lock;
  Objects::take(object, op);
  return 0;
}

int try_lock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = g_objects->at(mutex, pc);
  g_run->next_step();
  Op& op =
      g_run->begin_op({.kind = OpKind::mutex_trylock_fail, .address = object.address, .pc = pc});
  g_run->point();
  if (object.owner == &g_run->self() && kind_of(mutex) == kMutexRecursive) {
    ++object.depth;
    return 0;
  }
  g_run->found(object.taken(), kTryFails);
  if (object.owner != nullptr) return Objects::refused(op);
  g_run->changed();
  op.kind = OpKind::mutex_lock;
  Objects::take(object, op);
  return 0;
}

int unlock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = g_objects->at(mutex, pc);
  const Op& op =
      g_run->begin_op({.kind = OpKind::mutex_unlock, .address = object.address, .pc = pc});
  if (object.owner != &g_run->self()) {
    if (kind_of(mutex) == kMutexRecursive || kind_of(mutex) == kMutexErrorCheck) return EPERM;
    Objects::bad_unlock(op, object,
                        object.owner == nullptr ? "unlocks a mutex that nobody holds"
                                                : "unlocks a mutex that another thread holds");
  }
  if (object.depth > 1) {
    --object.depth;
    return 0;
  }
  g_run->arrive();
  g_run->changed();
  g_run->done(op);
  g_run->gave_back_mutex();
  Objects::release(object);
  return 0;
}

}  // namespace

void answer_mutex(EngineTable& table, ObjectCalls& /*calls*/) {
  table.mutex_lock = lock;
  table.mutex_trylock = try_lock;
  table.mutex_unlock = unlock;
  table.mutex_timedlock = timed_lock;
  table.mutex_destroy = [](pthread_mutex_t* mutex, Address pc) {
    g_objects->destroy(mutex, sizeof *mutex, pc);
    return 0;
  };
}

}  // namespace heddle
