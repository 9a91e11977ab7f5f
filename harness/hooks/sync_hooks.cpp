// The rarer synchronisation of POSIX threads: read-write locks, spin locks, semaphores, barriers,
// once, thread-specific data, futexes, and the compilers' guards of function-local statics.
#include <errno.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/lasting_keys.h"
#include "harness/hooks/libc_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/state_uses.h"
#include "harness/hooks/system_objects.h"
#include "harness/hooks/thread_number.h"

using heddle::kCallDirectly;
using heddle::SyncCall;
using heddle::hidden_state::Memory;
using heddle::hidden_state::StateUses;
using Kind = heddle::SyncCall::Kind;

namespace {

// Heddle waits for its own threads with the same functions, and the engine in force must not see
// it.
const heddle::EngineTable& table() {
  return heddle::t_program_code ? *heddle::g_engine_table : heddle::passthrough_table();
}

// The same for what is done once. (libgcc's unwinder prepares itself at the first exception.)
const heddle::EngineTable& table_of(const void* control) {
  return heddle::t_program_code && !heddle::in_system_library(control)
             ? *heddle::g_engine_table
             : heddle::passthrough_table();
}

// For calls that set errno instead of returning it.
int with_errno(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace

// ---- read-write locks

HEDDLE_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_read_lock, .object = lock}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_read_lock, .tries = true, .object = lock},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) {
  return table().sync_call({.kind = Kind::rwlock_read_lock,
                            .object = lock,
                            .deadline = heddle::read_time(deadline, HEDDLE_PC)},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                             const timespec* deadline) {
  return table().sync_call({.kind = Kind::rwlock_read_lock,
                            .object = lock,
                            .deadline = heddle::read_time(deadline, HEDDLE_PC),
                            .clock = clock},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_write_lock, .object = lock}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_write_lock, .tries = true, .object = lock},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) {
  return table().sync_call({.kind = Kind::rwlock_write_lock,
                            .object = lock,
                            .deadline = heddle::read_time(deadline, HEDDLE_PC)},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                             const timespec* deadline) {
  return table().sync_call({.kind = Kind::rwlock_write_lock,
                            .object = lock,
                            .deadline = heddle::read_time(deadline, HEDDLE_PC),
                            .clock = clock},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_unlock, .object = lock}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
  return table().sync_call({.kind = Kind::rwlock_destroy, .object = lock}, HEDDLE_PC);
}

// ---- spin locks

HEDDLE_EXPORT int pthread_spin_lock(pthread_spinlock_t* lock) {
  return table().sync_call({.kind = Kind::spin_lock, .object = const_cast<int*>(lock)}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_spin_trylock(pthread_spinlock_t* lock) {
  return table().sync_call(
      {.kind = Kind::spin_lock, .tries = true, .object = const_cast<int*>(lock)}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_spin_unlock(pthread_spinlock_t* lock) {
  return table().sync_call({.kind = Kind::spin_unlock, .object = const_cast<int*>(lock)},
                           HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_spin_destroy(pthread_spinlock_t* lock) {
  return table().sync_call({.kind = Kind::spin_destroy, .object = const_cast<int*>(lock)},
                           HEDDLE_PC);
}

// ---- semaphores

HEDDLE_EXPORT int sem_wait(sem_t* semaphore) {
  return with_errno(table().sync_call({.kind = Kind::sem_wait, .object = semaphore}, HEDDLE_PC));
}

HEDDLE_EXPORT int sem_trywait(sem_t* semaphore) {
  return with_errno(
      table().sync_call({.kind = Kind::sem_wait, .tries = true, .object = semaphore}, HEDDLE_PC));
}

HEDDLE_EXPORT int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  return with_errno(table().sync_call({.kind = Kind::sem_wait,
                                       .object = semaphore,
                                       .deadline = heddle::read_time(deadline, HEDDLE_PC)},
                                      HEDDLE_PC));
}

HEDDLE_EXPORT int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
  return with_errno(table().sync_call({.kind = Kind::sem_wait,
                                       .object = semaphore,
                                       .deadline = heddle::read_time(deadline, HEDDLE_PC),
                                       .clock = clock},
                                      HEDDLE_PC));
}

HEDDLE_EXPORT int sem_post(sem_t* semaphore) {
  return with_errno(table().sync_call({.kind = Kind::sem_post, .object = semaphore}, HEDDLE_PC));
}

HEDDLE_EXPORT int sem_getvalue(sem_t* semaphore, int* value) {
  const heddle::Address pc = HEDDLE_PC;
  table().sync_call({.kind = Kind::sem_read, .object = semaphore}, pc);
  if (!heddle::is_watched()) return HEDDLE_NEXT(sem_getvalue)(semaphore, value);
  heddle::PrivateResults made(value);
  const int result = HEDDLE_NEXT(sem_getvalue)(semaphore, value);
  if (result == 0) made.deliver(heddle::MemoryAccess(pc));
  return result;
}

HEDDLE_EXPORT int sem_destroy(sem_t* semaphore) {
  return with_errno(table().sync_call({.kind = Kind::sem_destroy, .object = semaphore}, HEDDLE_PC));
}

// ---- barriers

HEDDLE_EXPORT int pthread_barrier_wait(pthread_barrier_t* barrier) {
  return table().sync_call({.kind = Kind::barrier_wait, .object = barrier}, HEDDLE_PC);
}

HEDDLE_EXPORT int pthread_barrier_destroy(pthread_barrier_t* barrier) {
  return table().sync_call({.kind = Kind::barrier_destroy, .object = barrier}, HEDDLE_PC);
}

// ---- once

namespace {

// The C library's own mark of a control word whose routine has returned.
constexpr int kOnceDone = 2;

bool once_is_done(const void* control) {
  return __atomic_load_n(static_cast<const int*>(control), __ATOMIC_RELAXED) == kOnceDone;
}

void set_once_done(void* control) {
  __atomic_store_n(static_cast<int*>(control), kOnceDone, __ATOMIC_RELAXED);
}

// The thread prepares a system library, once in the process.
constinit thread_local bool t_prepares_library = false;

int prepare_library(pthread_once_t* control, void (*routine)()) {
  // Also when the routine throws: keys that the program makes later would outlast the run.
  const struct Prepares {
    bool outer = std::exchange(t_prepares_library, true);
    ~Prepares() { t_prepares_library = outer; }
  } prepares;
  return HEDDLE_NEXT(pthread_once)(control, routine);
}

int once(pthread_once_t* control, void (*routine)(), heddle::Address pc) {
  const heddle::EngineTable& table = table_of(control);
  const int begun =
      table.sync_call({.kind = Kind::once_begin, .object = control, .is_done = once_is_done}, pc);
  if (begun == kCallDirectly) return prepare_library(control, routine);
  if (begun == 0) return 0;
  try {
    routine();
  } catch (...) {
    // As the C library does: who comes next tries again.
    table.sync_call({.kind = Kind::once_end, .object = control, .value = 0}, pc);
    throw;
  }
  table.sync_call(
      {.kind = Kind::once_end, .object = control, .value = 1, .set_done = set_once_done}, pc);
  return 0;
}

}  // namespace

HEDDLE_EXPORT int pthread_once(pthread_once_t* control, void (*routine)()) {
  return once(control, routine, HEDDLE_PC);
}

// C11's, on the same words.
HEDDLE_EXPORT void call_once(pthread_once_t* flag, void (*routine)()) {
  once(flag, routine, HEDDLE_PC);
}

// ---- guards of function-local statics (Itanium C++ ABI, 3.3.3): the first byte says that it is
// done, and the program looks at it before it calls.

namespace {

bool guard_is_done(const void* guard) {
  return __atomic_load_n(static_cast<const unsigned char*>(guard), __ATOMIC_RELAXED) != 0;
}

void set_guard_done(void* guard) {
  __atomic_store_n(static_cast<unsigned char*>(guard), 1, __ATOMIC_RELEASE);
}

}  // namespace

extern "C" {
int __cxa_guard_acquire(std::uint64_t*);
void __cxa_guard_release(std::uint64_t*) noexcept;
void __cxa_guard_abort(std::uint64_t*) noexcept;
}

HEDDLE_EXPORT int __cxa_guard_acquire(std::uint64_t* guard) {
  // Heddle's own statics, or those of libraries that it calls, are no business of an engine.
  if (heddle::t_program_code) {
    const int begun = table_of(guard).sync_call(
        {.kind = Kind::once_begin, .object = guard, .is_done = guard_is_done}, HEDDLE_PC);
    if (begun != kCallDirectly) return begun;
  }
  return HEDDLE_NEXT(__cxa_guard_acquire)(guard);
}

HEDDLE_EXPORT void __cxa_guard_release(std::uint64_t* guard) noexcept {
  if (heddle::t_program_code &&
      table_of(guard).sync_call(
          {.kind = Kind::once_end, .object = guard, .value = 1, .set_done = set_guard_done},
          HEDDLE_PC) != kCallDirectly) {
    return;
  }
  HEDDLE_NEXT(__cxa_guard_release)(guard);
}

HEDDLE_EXPORT void __cxa_guard_abort(std::uint64_t* guard) noexcept {
  if (heddle::t_program_code &&
      table_of(guard).sync_call({.kind = Kind::once_end, .object = guard, .value = 0}, HEDDLE_PC) !=
          kCallDirectly) {
    return;
  }
  HEDDLE_NEXT(__cxa_guard_abort)(guard);
}

// ---- thread-specific data

// Which number a key gets, and whether a thread that ends finds a destructor, hangs on who was
// first.
HEDDLE_EXPORT int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
  // Not one that it makes for an object of the program's, as std::pmr's pools do.
  const bool is_librarys =
      t_prepares_library ||
      (heddle::in_system_library(__builtin_return_address(0)) && heddle::in_system_library(key));
  if (is_librarys && heddle::t_program_code) {
    // It keeps the key for all runs to come.
    const int result = HEDDLE_NEXT(pthread_key_create)(key, destructor);
    if (result == 0) heddle::lasting_keys::add(*key, destructor, false);
    return result;
  }
  const heddle::Address pc = HEDDLE_PC;
  StateUses(pc).update<&Memory::thread_keys>().tell();
  if (!heddle::is_watched()) return table().key_create(key, destructor);
  heddle::PrivateResults made(key);
  const int result = table().key_create(key, destructor);
  if (result == 0) made.deliver(heddle::MemoryAccess(pc));
  return result;
}

HEDDLE_EXPORT int pthread_key_delete(pthread_key_t key) {
  // One that a library has made for all runs is deleted by its destructor, in one run of many.
  if (!heddle::lasting_keys::contains(key)) {
    StateUses(HEDDLE_PC).update<&Memory::thread_keys>().tell();
  }
  return table().key_delete(key);
}

HEDDLE_EXPORT int pthread_setspecific(pthread_key_t key, const void* value) {
  return table().key_set(key, const_cast<void*>(value));
}

HEDDLE_EXPORT void* pthread_getspecific(pthread_key_t key) {
  return table().key_get(key);
}

// ---- futexes: where std::atomic::wait, std::latch, std::counting_semaphore and std::future end

namespace {

// Of the words behind the number, up to six.
struct Words {
  long word[6];
};

long futex(const Words& words, heddle::Address pc) {
  constexpr int kFlags = FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
  const int operation = static_cast<int>(words.word[1]);
  auto* object = reinterpret_cast<void*>(words.word[0]);
  const auto value = static_cast<std::uint32_t>(words.word[2]);
  const auto* time = reinterpret_cast<const timespec*>(words.word[3]);
  switch (operation & ~kFlags) {
    case FUTEX_WAIT: {
      SyncCall call{.kind = Kind::futex_wait, .object = object, .value = value};
      timespec deadline{};
      if (heddle::read_time(time, pc) != nullptr) {
        // Relative here, as for sleeps.
        table().clock_gettime(CLOCK_MONOTONIC, &deadline);
        deadline.tv_sec += time->tv_sec;
        deadline.tv_nsec += time->tv_nsec;
        if (deadline.tv_nsec >= 1'000'000'000) {
          deadline.tv_nsec -= 1'000'000'000;
          ++deadline.tv_sec;
        }
        call.deadline = &deadline;
        call.clock = CLOCK_MONOTONIC;
      }
      return with_errno(table().sync_call(call, pc));
    }
    case FUTEX_WAIT_BITSET:
      return with_errno(table().sync_call(
          {.kind = Kind::futex_wait,
           .object = object,
           .value = value,
           .deadline = heddle::read_time(time, pc),
           .clock = (operation & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC},
          pc));
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return table().sync_call({.kind = Kind::futex_wake, .object = object, .value = value}, pc);
    default:
      table().unsupported("syscall(SYS_futex) with another operation than wait and wake", pc);
      return HEDDLE_NEXT(syscall)(SYS_futex, words.word[0], words.word[1], words.word[2],
                                  words.word[3], words.word[4], words.word[5]);
  }
}

pid_t thread_number() {
  if (heddle::g_thread_number != nullptr && heddle::libc_state::in_run()) {
    return heddle::g_thread_number();
  }
  return HEDDLE_NEXT(gettid)();
}

}  // namespace

HEDDLE_EXPORT pid_t gettid() noexcept {
  return thread_number();
}

HEDDLE_EXPORT long syscall(long number, ...) noexcept {
  Words words{};
  va_list arguments;
  va_start(arguments, number);
  for (long& word : words.word) word = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_futex && heddle::t_program_code) return futex(words, HEDDLE_PC);
  if (number == SYS_exit_group && heddle::t_program_code) {
    heddle::g_engine_table->exit_at_once(static_cast<int>(words.word[0]), HEDDLE_PC);
  }
  if (number == SYS_gettid) return thread_number();
  return HEDDLE_NEXT(syscall)(number, words.word[0], words.word[1], words.word[2], words.word[3],
                              words.word[4], words.word[5]);
}
