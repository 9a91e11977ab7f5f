// The calls that initialise a synchronisation object. The C library does the work; an engine is
// told, since an object that is made anew while another thread uses it is a bug.
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

namespace {

template <typename Object>
void tell(Object* object, heddle::Address pc) {
  const auto init = heddle::g_engine_table->object_init;
  if (init == nullptr || !heddle::t_program_code) return;
  init(const_cast<const void*>(static_cast<const volatile void*>(object)), sizeof *object, pc);
}

// Likewise, by `attributes` if there are any.
template <typename Object, typename Attributes>
void tell(Object* object, const Attributes* attributes, heddle::Address pc) {
  if (attributes != nullptr && heddle::is_watched()) {
    heddle::MemoryAccess(pc).read(attributes, sizeof *attributes);
  }
  tell(object, pc);
}

}  // namespace

HEDDLE_EXPORT int pthread_mutex_init(pthread_mutex_t* mutex,
                                     const pthread_mutexattr_t* attributes) {
  tell(mutex, attributes, HEDDLE_PC);
  return HEDDLE_NEXT(pthread_mutex_init)(mutex, attributes);
}

// The oldest of the C library's refuses attributes, so no condition variable could have the
// monotonic clock.
HEDDLE_EXPORT int pthread_cond_init(pthread_cond_t* cond, const pthread_condattr_t* attributes) {
  tell(cond, attributes, HEDDLE_PC);
  return HEDDLE_VERSION(pthread_cond_init, "GLIBC_2.3.2")(cond, attributes);
}

HEDDLE_EXPORT int pthread_rwlock_init(pthread_rwlock_t* lock,
                                      const pthread_rwlockattr_t* attributes) {
  tell(lock, attributes, HEDDLE_PC);
  return HEDDLE_NEXT(pthread_rwlock_init)(lock, attributes);
}

HEDDLE_EXPORT int pthread_spin_init(pthread_spinlock_t* lock, int shared) {
  tell(lock, HEDDLE_PC);
  return HEDDLE_NEXT(pthread_spin_init)(lock, shared);
}

HEDDLE_EXPORT int sem_init(sem_t* semaphore, int shared, unsigned value) {
  tell(semaphore, HEDDLE_PC);
  return HEDDLE_NEXT(sem_init)(semaphore, shared, value);
}

HEDDLE_EXPORT int pthread_barrier_init(pthread_barrier_t* barrier,
                                       const pthread_barrierattr_t* attributes, unsigned count) {
  tell(barrier, attributes, HEDDLE_PC);
  return HEDDLE_NEXT(pthread_barrier_init)(barrier, attributes, count);
}

HEDDLE_EXPORT int mtx_init(mtx_t* mutex, int type) {
  tell(mutex, HEDDLE_PC);
  return HEDDLE_NEXT(mtx_init)(mutex, type);
}

HEDDLE_EXPORT int cnd_init(cnd_t* cond) {
  tell(cond, HEDDLE_PC);
  return HEDDLE_NEXT(cnd_init)(cond);
}

// std::condition_variable(), which stands in the C++ library and calls nothing: without it a second
// one in the same place would be taken for the first, which is destroyed.
HEDDLE_EXPORT void _ZNSt18condition_variableC1Ev(pthread_cond_t* cond) {
  tell(cond, HEDDLE_PC);
  HEDDLE_NEXT(_ZNSt18condition_variableC1Ev)(cond);
}

HEDDLE_EXPORT void _ZNSt18condition_variableC2Ev(pthread_cond_t* cond) {
  tell(cond, HEDDLE_PC);
  HEDDLE_NEXT(_ZNSt18condition_variableC2Ev)(cond);
}
