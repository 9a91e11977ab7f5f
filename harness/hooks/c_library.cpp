#include "harness/hooks/c_library.h"

#include <errno.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include "harness/hooks/next_function.h"

namespace heddle {
namespace {

// Calls that set errno instead of returning it.
int error_of(int result) {
  return result == 0 ? 0 : errno;
}

int read_lock(const SyncCall& call) {
  auto* lock = static_cast<pthread_rwlock_t*>(call.object);
  if (call.tries) return HEDDLE_NEXT(pthread_rwlock_tryrdlock)(lock);
  if (call.deadline == nullptr) return HEDDLE_NEXT(pthread_rwlock_rdlock)(lock);
  return HEDDLE_NEXT(pthread_rwlock_clockrdlock)(lock, call.clock, call.deadline);
}

int write_lock(const SyncCall& call) {
  auto* lock = static_cast<pthread_rwlock_t*>(call.object);
  if (call.tries) return HEDDLE_NEXT(pthread_rwlock_trywrlock)(lock);
  if (call.deadline == nullptr) return HEDDLE_NEXT(pthread_rwlock_wrlock)(lock);
  return HEDDLE_NEXT(pthread_rwlock_clockwrlock)(lock, call.clock, call.deadline);
}

int wait_for_semaphore(const SyncCall& call) {
  auto* semaphore = static_cast<sem_t*>(call.object);
  if (call.tries) return error_of(HEDDLE_NEXT(sem_trywait)(semaphore));
  if (call.deadline == nullptr) return error_of(HEDDLE_NEXT(sem_wait)(semaphore));
  return error_of(HEDDLE_NEXT(sem_clockwait)(semaphore, call.clock, call.deadline));
}

int wait_for_change(const SyncCall& call) {
  // By WAIT_BITSET, whose time is absolute.
  const int clock = call.clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0;
  return error_of(static_cast<int>(
      HEDDLE_NEXT(syscall)(SYS_futex, call.object, FUTEX_WAIT_BITSET | clock, call.value,
                           call.deadline, nullptr, FUTEX_BITSET_MATCH_ANY)));
}

}  // namespace

int call_c_library(const SyncCall& call) {
  switch (call.kind) {
    case SyncCall::Kind::rwlock_read_lock:
      return read_lock(call);
    case SyncCall::Kind::rwlock_write_lock:
      return write_lock(call);
    case SyncCall::Kind::rwlock_unlock:
      return HEDDLE_NEXT(pthread_rwlock_unlock)(static_cast<pthread_rwlock_t*>(call.object));
    case SyncCall::Kind::rwlock_destroy:
      return HEDDLE_NEXT(pthread_rwlock_destroy)(static_cast<pthread_rwlock_t*>(call.object));
    case SyncCall::Kind::spin_lock: {
      auto* spin = static_cast<pthread_spinlock_t*>(call.object);
      return call.tries ? HEDDLE_NEXT(pthread_spin_trylock)(spin)
                        : HEDDLE_NEXT(pthread_spin_lock)(spin);
    }
    case SyncCall::Kind::spin_unlock:
      return HEDDLE_NEXT(pthread_spin_unlock)(static_cast<pthread_spinlock_t*>(call.object));
    case SyncCall::Kind::spin_destroy:
      return HEDDLE_NEXT(pthread_spin_destroy)(static_cast<pthread_spinlock_t*>(call.object));
    case SyncCall::Kind::sem_wait:
      return wait_for_semaphore(call);
    case SyncCall::Kind::sem_post:
      return error_of(HEDDLE_NEXT(sem_post)(static_cast<sem_t*>(call.object)));
    case SyncCall::Kind::sem_read:
      return 0;
    case SyncCall::Kind::sem_destroy:
      return error_of(HEDDLE_NEXT(sem_destroy)(static_cast<sem_t*>(call.object)));
    case SyncCall::Kind::barrier_wait:
      return HEDDLE_NEXT(pthread_barrier_wait)(static_cast<pthread_barrier_t*>(call.object));
    case SyncCall::Kind::barrier_destroy:
      return HEDDLE_NEXT(pthread_barrier_destroy)(static_cast<pthread_barrier_t*>(call.object));
    case SyncCall::Kind::futex_wait:
      return wait_for_change(call);
    case SyncCall::Kind::futex_wake:
      return static_cast<int>(HEDDLE_NEXT(syscall)(SYS_futex, call.object, FUTEX_WAKE, call.value));
    case SyncCall::Kind::once_begin:
    case SyncCall::Kind::once_end:
      return kCallDirectly;
  }
  return ENOSYS;
}

}  // namespace heddle
