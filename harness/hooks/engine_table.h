// The calls that a program under test makes and an engine answers. hooks/ turns every entry point
// of the compiler's instrumentation and of the C library into one of these; they forward, they
// decide nothing.
//
// One table is in force at a time. Outside runs (before main, between runs, in Heddle's own code)
// it is `passthrough_table()`, which does what an uninstrumented program would do.
#pragma once

#include <pthread.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

#include "harness/hooks/program_signals.h"
#include "harness/model/op.h"

namespace heddle {

enum class RmwKind : std::uint8_t { exchange, add, sub, bit_and, bit_or, bit_xor, bit_nand };

// A call that synchronises threads and is rarer than those with an entry of their own below.
struct SyncCall {
  enum class Kind : std::uint8_t {
    rwlock_read_lock,  // object: pthread_rwlock_t
    rwlock_write_lock,
    rwlock_unlock,
    rwlock_destroy,
    spin_lock,  // object: pthread_spinlock_t
    spin_unlock,
    spin_destroy,
    sem_wait,  // object: sem_t
    sem_post,
    sem_read,  // 0; the hook asks for the value
    sem_destroy,
    barrier_wait,  // object: pthread_barrier_t
    barrier_destroy,
    once_begin,  // object: its control word; 0: done before, 1: the caller has to do it now
    once_end,    // value: 1 if it is done, 0 if it failed with an exception
    futex_wait,  // object: 4 bytes, value: what they must hold for the thread to wait
    futex_wake,  // value: how many to wake; returns how many were woken
  };
  Kind kind;
  bool tries = false;  // EBUSY (EAGAIN for a semaphore) instead of waiting
  void* object = nullptr;
  std::uint32_t value = 0;
  // Absolute time; nullptr: no limit.
  const timespec* deadline = nullptr;
  clockid_t clock = CLOCK_REALTIME;
  bool (*is_done)(const void* object) = nullptr;  // once_begin
  // once_end, where it is done: marks the object so. For the engine that answers the call: the
  // C++ library's own function does not know an object that is marked before, and its waiters sleep
  // for ever.
  void (*set_done)(void* object) = nullptr;
};

// `pc` is always the return address of the hooked call. Sizes are in bytes. Functions that stand
// for a C library call return what that call returns (an errno value for pthread_*).
struct EngineTable {
  // Plain accesses; called before the program does the access itself. Index: log2 of the size.
  void (*read[5])(Address address, Address pc);
  void (*write[5])(Address address, Address pc);
  void (*read_range)(Address address, std::size_t size, Address pc);
  void (*write_range)(Address address, std::size_t size, Address pc);
  // Whether some of these bytes, or this code address, are known to race in this run: a copy then
  // tells every 8 bytes of its own, so that others come in between. Null where nobody wants that.
  bool (*is_torn)(Address address, std::size_t size, std::uint64_t steps, Address pc);
  // So many accesses were left out since a copy was made at once: schedules name steps, and those
  // after it must have the same numbers. Null where nobody counts.
  void (*skip_steps)(std::uint64_t count);

  // `pc`: the call site, in the calling function. Both are null where nobody wants to know: a test
  // costs less than a call, and there are two for every function of the program.
  void (*func_entry)(Address pc);
  void (*func_exit)();

  // Atomics of 1 to 8 bytes: the engine does the operation, values zero-extended.
  std::uint64_t (*atomic_load)(Address address, unsigned size, MemoryOrder order, Address pc);
  void (*atomic_store)(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                       Address pc);
  // Returns the old value.
  std::uint64_t (*atomic_rmw)(Address address, unsigned size, RmwKind kind, std::uint64_t operand,
                              MemoryOrder order, Address pc);
  // Returns whether it stored; else *expected becomes the value found.
  bool (*atomic_cas)(Address address, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                     MemoryOrder success, MemoryOrder failure, bool weak, Address pc);
  // 16 bytes: called before the hook does the operation itself.
  void (*atomic16)(Address address, OpKind kind, MemoryOrder order, Address pc);
  void (*fence)(MemoryOrder order, Address pc);
  // __tsan_release / __tsan_acquire: the program's own synchronisation, told by hand.
  void (*annotate)(Address address, bool release);

  int (*thread_create)(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*),
                       void* argument, Address pc);
  int (*thread_join)(pthread_t thread, void** result, Address pc);
  int (*thread_detach)(pthread_t thread, Address pc);
  // As __cxa_thread_atexit_impl: a destructor of a thread_local object of the calling thread.
  int (*thread_atexit)(void (*destructor)(void*), void* object, void* module);
  // Does not return.
  void (*thread_exit)(void* result, Address pc);

  int (*mutex_lock)(pthread_mutex_t* mutex, Address pc);
  int (*mutex_trylock)(pthread_mutex_t* mutex, Address pc);
  int (*mutex_unlock)(pthread_mutex_t* mutex, Address pc);
  // `clock` and `deadline`: absolute time.
  int (*mutex_timedlock)(pthread_mutex_t* mutex, clockid_t clock, const timespec* deadline,
                         Address pc);
  int (*mutex_destroy)(pthread_mutex_t* mutex, Address pc);

  int (*cond_wait)(pthread_cond_t* cond, pthread_mutex_t* mutex, Address pc);
  int (*cond_timedwait)(pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t clock,
                        const timespec* deadline, Address pc);
  int (*cond_signal)(pthread_cond_t* cond, Address pc);
  int (*cond_broadcast)(pthread_cond_t* cond, Address pc);
  int (*cond_destroy)(pthread_cond_t* cond, Address pc);

  // The program is about to initialise a synchronisation object of `size` bytes; null where nobody
  // wants to know.
  void (*object_init)(const void* object, std::size_t size, Address pc);
  // Returns what call_c_library() does (c_library.h).
  int (*sync_call)(const SyncCall& call, Address pc);
  // The program calls what the engine in force cannot control. Returns, to let it happen, where
  // threads are real.
  void (*unsupported)(const char* function, Address pc);
  // Such a call may wait for long for what is outside of the process: it begins, or it is over.
  void (*waits_outside)(bool begins);
  // Thread-specific data.
  int (*key_create)(pthread_key_t* key, void (*destructor)(void*));
  int (*key_delete)(pthread_key_t key);
  int (*key_set)(pthread_key_t key, void* value);
  void* (*key_get)(pthread_key_t key);
  // A heap block of the program is about to be freed; null where nobody wants to know.
  void (*heap_free)(Address block, std::size_t size, Address pc);
  // The program has got a block of the heap; null where nobody wants to know. `pc`: behind the call
  // of its own, or of operator new.
  void (*heap_allocate)(Address block, std::size_t size, Address pc);
  // A block that was freed before is freed again.
  void (*double_free)(Address block, Address pc);
  // The program asks for memory, and the run has had what it may have; null where nobody asks.
  void (*out_of_memory)(Address pc);

  // A signal came that the program handles; the engine calls the handler. Null where it may be
  // called at once, amid hooks too.
  void (*handle_signal)(const program_signals::Arrived& arrived, ucontext_t* interrupted);

  int (*yield)(Address pc);
  // Relative time.
  int (*sleep)(const timespec* duration, Address pc);

  int (*clock_gettime)(clockid_t clock, timespec* now);
  // Where the time begins, in seconds, that it tells in every run; 0: it is the real one.
  std::int64_t first_second = 0;

  // The end of the run, seen from the program; outside runs, of the process. They do not return.
  void (*exit)(int status, Address pc);
  void (*exit_at_once)(int status, Address pc);  // as _exit(): nothing is run at the end
  void (*abort)(Address pc);
  void (*assert_fail)(const char* expression, const char* file, unsigned line, const char* function,
                      Address pc);
};

// Instead of a result: the engine leaves the call as a whole to the C library.
inline constexpr int kCallDirectly = -1;

// By name, not by a call: every copy of the program's asks whether it is in force.
extern const EngineTable g_passthrough_table __attribute__((visibility("hidden")));
inline const EngineTable& passthrough_table() {
  return g_passthrough_table;
}

// The table in force. Written only between runs.
extern const EngineTable* g_engine_table __attribute__((visibility("hidden")));

}  // namespace heddle
