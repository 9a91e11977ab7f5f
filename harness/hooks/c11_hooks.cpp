// C11's <threads.h>. The C library builds these on its POSIX threads without passing by the names
// that are hooked, and their objects are the same: so the hooks do the same.
#include <errno.h>
#include <threads.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"

using heddle::g_engine_table;

namespace {

int result_of(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
    case EAGAIN:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

pthread_mutex_t* posix(mtx_t* mutex) {
  return reinterpret_cast<pthread_mutex_t*>(mutex);
}

pthread_cond_t* posix(cnd_t* cond) {
  return reinterpret_cast<pthread_cond_t*>(cond);
}

}  // namespace

HEDDLE_EXPORT int thrd_create(thrd_t* thread, thrd_start_t start, void* argument) {
  heddle::hidden_state::thread_made();
  // The result comes in the low half of the register of a pointer, and thrd_join() takes it there.
  if (heddle::is_watched()) heddle::MemoryAccess(HEDDLE_PC).write(thread, sizeof *thread);
  auto* posix_start = reinterpret_cast<void* (*)(void*)>(reinterpret_cast<void*>(start));
  return result_of(
      g_engine_table->thread_create(thread, nullptr, posix_start, argument, HEDDLE_PC));
}

HEDDLE_EXPORT int thrd_join(thrd_t thread, int* result) {
  void* posix_result = nullptr;
  const heddle::Address pc = HEDDLE_PC;
  const int error = g_engine_table->thread_join(thread, &posix_result, pc);
  if (error == 0 && result != nullptr) {
    const int value = static_cast<int>(reinterpret_cast<std::intptr_t>(posix_result));
    if (heddle::is_watched()) {
      heddle::MemoryAccess(pc).put(result, value);
    } else {
      *result = value;
    }
  }
  return result_of(error);
}

HEDDLE_EXPORT int thrd_detach(thrd_t thread) {
  return result_of(g_engine_table->thread_detach(thread, HEDDLE_PC));
}

HEDDLE_EXPORT void thrd_exit(int result) {
  g_engine_table->thread_exit(reinterpret_cast<void*>(static_cast<std::intptr_t>(result)),
                              HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT int thrd_sleep(const timespec* duration, timespec* remaining) {
  const heddle::Address pc = HEDDLE_PC;
  const timespec time = *heddle::read_time(duration, pc);
  if (remaining != nullptr && heddle::is_watched()) {
    heddle::MemoryAccess(pc).put(remaining, timespec{});
  } else if (remaining != nullptr) {
    *remaining = {};
  }
  return g_engine_table->sleep(&time, pc) == 0 ? 0 : -1;
}

HEDDLE_EXPORT void thrd_yield() {
  g_engine_table->yield(HEDDLE_PC);
}

HEDDLE_EXPORT int mtx_lock(mtx_t* mutex) {
  return result_of(g_engine_table->mutex_lock(posix(mutex), HEDDLE_PC));
}

HEDDLE_EXPORT int mtx_timedlock(mtx_t* mutex, const timespec* deadline) {
  return result_of(g_engine_table->mutex_timedlock(
      posix(mutex), CLOCK_REALTIME, heddle::read_time(deadline, HEDDLE_PC), HEDDLE_PC));
}

HEDDLE_EXPORT int mtx_trylock(mtx_t* mutex) {
  return result_of(g_engine_table->mutex_trylock(posix(mutex), HEDDLE_PC));
}

HEDDLE_EXPORT int mtx_unlock(mtx_t* mutex) {
  return result_of(g_engine_table->mutex_unlock(posix(mutex), HEDDLE_PC));
}

HEDDLE_EXPORT void mtx_destroy(mtx_t* mutex) {
  g_engine_table->mutex_destroy(posix(mutex), HEDDLE_PC);
}

HEDDLE_EXPORT int cnd_wait(cnd_t* cond, mtx_t* mutex) {
  return result_of(g_engine_table->cond_wait(posix(cond), posix(mutex), HEDDLE_PC));
}

HEDDLE_EXPORT int cnd_timedwait(cnd_t* cond, mtx_t* mutex, const timespec* deadline) {
  return result_of(g_engine_table->cond_timedwait(posix(cond), posix(mutex), CLOCK_REALTIME,
                                                  heddle::read_time(deadline, HEDDLE_PC),
                                                  HEDDLE_PC));
}

HEDDLE_EXPORT int cnd_signal(cnd_t* cond) {
  return result_of(g_engine_table->cond_signal(posix(cond), HEDDLE_PC));
}

HEDDLE_EXPORT int cnd_broadcast(cnd_t* cond) {
  return result_of(g_engine_table->cond_broadcast(posix(cond), HEDDLE_PC));
}

HEDDLE_EXPORT void cnd_destroy(cnd_t* cond) {
  g_engine_table->cond_destroy(posix(cond), HEDDLE_PC);
}

HEDDLE_EXPORT int tss_create(tss_t* key, tss_dtor_t destructor) {
  if (!heddle::is_watched()) return result_of(g_engine_table->key_create(key, destructor));
  const heddle::Address pc = HEDDLE_PC;
  heddle::PrivateResults made(key);
  const int error = g_engine_table->key_create(key, destructor);
  if (error == 0) made.deliver(heddle::MemoryAccess(pc));
  return result_of(error);
}

HEDDLE_EXPORT void tss_delete(tss_t key) {
  g_engine_table->key_delete(key);
}

HEDDLE_EXPORT int tss_set(tss_t key, void* value) {
  return result_of(g_engine_table->key_set(key, value));
}

HEDDLE_EXPORT void* tss_get(tss_t key) {
  return g_engine_table->key_get(key);
}

// Not in the header for C++, where the time comes from elsewhere.
HEDDLE_EXPORT int timespec_get(timespec* now, int base) noexcept {
  constexpr int kUtc = 1;
  if (base != kUtc) return 0;
  timespec time{};
  g_engine_table->clock_gettime(CLOCK_REALTIME, &time);
  if (heddle::is_watched()) {
    heddle::MemoryAccess(HEDDLE_PC).put(now, time);
  } else {
    *now = time;
  }
  return base;
}
