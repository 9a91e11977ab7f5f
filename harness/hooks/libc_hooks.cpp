// The C library's calls that an engine answers: threads, locks and time.
// Each forwards to the table in force.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

#include "harness/hooks/caller.h"
#include "harness/hooks/cleanup.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/libc_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/real_calls.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/hooks/system_objects.h"

using heddle::g_engine_table;

namespace {

// Calls that set errno instead of returning it.
int result_of(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

int sleep_for(std::int64_t seconds, std::int64_t nanoseconds, heddle::Address pc) {
  const timespec duration{.tv_sec = seconds, .tv_nsec = nanoseconds};
  return g_engine_table->sleep(&duration, pc);
}

}  // namespace

HEDDLE_EXPORT int pthread_create(pthread_t* thread, const pthread_attr_t* attr,
                                 void* (*start)(void*), void* argument) {
  heddle::hidden_state::thread_made();
  if (heddle::in_openmp_library(HEDDLE_PC)) g_engine_table->unsupported("OpenMP", HEDDLE_PC);
  if (heddle::is_watched()) {
    const heddle::MemoryAccess access(HEDDLE_PC);
    access.read(attr, attr == nullptr ? 0 : sizeof *attr);
    // Before the thread begins, which may ask for its own number there.
    access.write(thread, sizeof *thread);
  }
  return g_engine_table->thread_create(thread, attr, start, argument, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_getattr_np(pthread_t thread, pthread_attr_t* attr) {
  const int error = HEDDLE_NEXT(pthread_getattr_np)(thread, attr);
  if (error != 0 || heddle::g_find_stack == nullptr || !heddle::libc_state::in_run()) return error;
  const auto bounds = heddle::g_find_stack(thread);
  if (!bounds.has_value()) return 0;
  return HEDDLE_NEXT(pthread_attr_setstack)(attr, reinterpret_cast<void*>(bounds->begin),
                                            bounds->size);
}

HEDDLE_EXPORT int pthread_join(pthread_t thread, void** result) {
  if (result == nullptr || !heddle::is_watched()) {
    return g_engine_table->thread_join(thread, result, HEDDLE_PC);
  }
  const heddle::Address pc = HEDDLE_PC;
  heddle::PrivateResults made(result);
  const int error = g_engine_table->thread_join(thread, result, pc);
  if (error == 0) made.deliver(heddle::MemoryAccess(pc));
  return error;
}

HEDDLE_EXPORT int pthread_detach(pthread_t thread) {
  return g_engine_table->thread_detach(thread, HEDDLE_PC);
}

HEDDLE_EXPORT void pthread_exit(void* result) {
  heddle::cleanup::end_thread(result, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT int pthread_mutex_lock(pthread_mutex_t* mutex) {
  return g_engine_table->mutex_lock(mutex, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  return g_engine_table->mutex_trylock(mutex, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  return g_engine_table->mutex_unlock(mutex, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) {
  return g_engine_table->mutex_timedlock(mutex, CLOCK_REALTIME,
                                         heddle::read_time(deadline, HEDDLE_PC), HEDDLE_PC);
}

// What libstdc++'s try_lock_for and try_lock_until call.
HEDDLE_EXPORT int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                          const timespec* deadline) {
  return g_engine_table->mutex_timedlock(mutex, clock, heddle::read_time(deadline, HEDDLE_PC),
                                         HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_mutex_destroy(pthread_mutex_t* mutex) {
  return g_engine_table->mutex_destroy(mutex, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_cond_wait(pthread_cond_t* cond, pthread_mutex_t* mutex) {
  return g_engine_table->cond_wait(cond, mutex, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex,
                                         const timespec* deadline) {
  // Where the C library keeps the clock that the attributes of pthread_cond_init() asked for.
  constexpr unsigned kMonotonic = 2;
  const clockid_t clock =
      (cond->__data.__wrefs & kMonotonic) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
  return g_engine_table->cond_timedwait(cond, mutex, clock, heddle::read_time(deadline, HEDDLE_PC),
                                        HEDDLE_PC);
}

// What libstdc++'s wait_for and wait_until call: missing it is how a tool comes to false reports.
HEDDLE_EXPORT int pthread_cond_clockwait(pthread_cond_t* cond, pthread_mutex_t* mutex,
                                         clockid_t clock, const timespec* deadline) {
  return g_engine_table->cond_timedwait(cond, mutex, clock, heddle::read_time(deadline, HEDDLE_PC),
                                        HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_cond_signal(pthread_cond_t* cond) {
  return g_engine_table->cond_signal(cond, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_cond_broadcast(pthread_cond_t* cond) {
  return g_engine_table->cond_broadcast(cond, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_cond_destroy(pthread_cond_t* cond) {
  return g_engine_table->cond_destroy(cond, HEDDLE_PC);
}

HEDDLE_EXPORT int sched_yield() {
  return g_engine_table->yield(HEDDLE_PC);
}

namespace {

// Of a sleep, which takes as long as it was to.
void leave_nothing(timespec* remaining, heddle::Address pc) {
  if (remaining == nullptr) return;
  if (heddle::is_watched()) {
    heddle::MemoryAccess(pc).put(remaining, timespec{});
  } else {
    *remaining = {};
  }
}

}  // namespace

HEDDLE_EXPORT int nanosleep(const timespec* duration, timespec* remaining) {
  const heddle::Address pc = HEDDLE_PC;
  const timespec time = *heddle::read_time(duration, pc);
  leave_nothing(remaining, pc);
  return result_of(g_engine_table->sleep(&time, pc));
}

HEDDLE_EXPORT int clock_nanosleep(clockid_t clock, int flags, const timespec* time,
                                  timespec* remaining) {
  const heddle::Address pc = HEDDLE_PC;
  const timespec wanted = *heddle::read_time(time, pc);
  if ((flags & TIMER_ABSTIME) == 0) {
    leave_nothing(remaining, pc);
    return g_engine_table->sleep(&wanted, pc);
  }
  timespec now{};
  g_engine_table->clock_gettime(clock, &now);
  const std::int64_t left =
      (wanted.tv_sec - now.tv_sec) * 1'000'000'000 + (wanted.tv_nsec - now.tv_nsec);
  if (left <= 0) return 0;
  return sleep_for(left / 1'000'000'000, left % 1'000'000'000, pc);
}

HEDDLE_EXPORT int usleep(useconds_t microseconds) {
  return result_of(
      sleep_for(microseconds / 1'000'000, (microseconds % 1'000'000) * 1'000L, HEDDLE_PC));
}

HEDDLE_EXPORT unsigned sleep(unsigned seconds) {
  sleep_for(seconds, 0, HEDDLE_PC);
  return 0;
}

HEDDLE_EXPORT int clock_gettime(clockid_t clock, timespec* now) {
  if (!heddle::is_watched()) return g_engine_table->clock_gettime(clock, now);
  heddle::PrivateResults made(now);
  const int result = g_engine_table->clock_gettime(clock, now);
  if (result == 0) made.deliver(heddle::MemoryAccess(HEDDLE_PC));
  return result;
}

HEDDLE_EXPORT int gettimeofday(timeval* now, void*) {
  timespec time{};
  const int result = g_engine_table->clock_gettime(CLOCK_REALTIME, &time);
  const timeval value{.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1'000};
  if (heddle::is_watched()) {
    heddle::MemoryAccess(HEDDLE_PC).put(now, value);
  } else {
    *now = value;
  }
  return result;
}

HEDDLE_EXPORT time_t time(time_t* now) {
  timespec time{};
  g_engine_table->clock_gettime(CLOCK_REALTIME, &time);
  if (now != nullptr && heddle::is_watched()) {
    heddle::MemoryAccess(HEDDLE_PC).put(now, time.tv_sec);
  } else if (now != nullptr) {
    *now = time.tv_sec;
  }
  return time.tv_sec;
}

HEDDLE_EXPORT int __cxa_thread_atexit_impl(void (*destructor)(void*), void* object, void* module) {
  return g_engine_table->thread_atexit(destructor, object, module);
}
