// The table in force outside runs: what an uninstrumented program would do.
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/hooks/c_library.h"
#include "harness/hooks/early_threads.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/lasting_keys.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/hooks/thread_number.h"

namespace heddle {
namespace {

void ignore_access(Address, Address) {}
void ignore_range(Address, std::size_t, Address) {}

[[noreturn]] void leave_thread(void* result, Address) {
  real().pthread_exit(result);
  std::abort();
}

[[noreturn]] void leave_process(int status, Address) {
  real().exit(status);
  _exit(status);
}

[[noreturn]] void leave_process_at_once(int status, Address) {
  _exit(status);
}

[[noreturn]] void abort_process(Address) {
  real().abort();
  _exit(127);
}

[[noreturn]] void assert_process(const char* expression, const char* file, unsigned line,
                                 const char* function, Address) {
  real().assert_fail(expression, file, line, function);
  _exit(127);
}

}  // namespace

constinit const EngineTable g_passthrough_table = {
    .read = {ignore_access, ignore_access, ignore_access, ignore_access, ignore_access},
    .write = {ignore_access, ignore_access, ignore_access, ignore_access, ignore_access},
    .read_range = ignore_range,
    .write_range = ignore_range,
    .is_torn = nullptr,
    .skip_steps = nullptr,
    .func_entry = nullptr,
    .func_exit = nullptr,
    .atomic_load = [](Address a, unsigned size, MemoryOrder,
                      Address) { return native_load(a, size); },
    .atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder,
                       Address) { native_store(a, size, value); },
    .atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand, MemoryOrder,
                     Address) { return native_rmw(a, size, kind, operand); },
    .atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                     MemoryOrder, MemoryOrder, bool,
                     Address) { return native_cas(a, size, expected, desired); },
    .atomic16 = [](Address, OpKind, MemoryOrder, Address) {},
    .fence = [](MemoryOrder, Address) { __atomic_thread_fence(__ATOMIC_SEQ_CST); },
    .annotate = [](Address, bool) {},
    .thread_create =
        [](pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*), void* argument,
           Address) {
          const int error = real().pthread_create(thread, attr, start, argument);
          // Those of the system's libraries are their own affair.
          if (error == 0 && t_program_code) early_threads::g_open.fetch_add(1);
          return error;
        },
    .thread_join =
        [](pthread_t thread, void** result, Address) {
          const int error = real().pthread_join(thread, result);
          if (error == 0 && t_program_code) early_threads::g_open.fetch_sub(1);
          return error;
        },
    .thread_detach = [](pthread_t thread, Address) { return real().pthread_detach(thread); },
    .thread_atexit =
        [](void (*destructor)(void*), void* object, void* module) {
          return real().cxa_thread_atexit(destructor, object, module);
        },
    .thread_exit = leave_thread,
    .mutex_lock = [](pthread_mutex_t* m, Address) { return real().pthread_mutex_lock(m); },
    .mutex_trylock = [](pthread_mutex_t* m, Address) { return real().pthread_mutex_trylock(m); },
    .mutex_unlock = [](pthread_mutex_t* m, Address) { return real().pthread_mutex_unlock(m); },
    .mutex_timedlock = [](pthread_mutex_t* m, clockid_t clock, const timespec* deadline,
                          Address) { return real().pthread_mutex_clocklock(m, clock, deadline); },
    .mutex_destroy = [](pthread_mutex_t* m, Address) { return real().pthread_mutex_destroy(m); },
    .cond_wait = [](pthread_cond_t* c, pthread_mutex_t* m,
                    Address) { return real().pthread_cond_wait(c, m); },
    .cond_timedwait = [](pthread_cond_t* c, pthread_mutex_t* m, clockid_t clock,
                         const timespec* deadline,
                         Address) { return real().pthread_cond_clockwait(c, m, clock, deadline); },
    .cond_signal = [](pthread_cond_t* c, Address) { return real().pthread_cond_signal(c); },
    .cond_broadcast = [](pthread_cond_t* c, Address) { return real().pthread_cond_broadcast(c); },
    .cond_destroy = [](pthread_cond_t* c, Address) { return real().pthread_cond_destroy(c); },
    .object_init = nullptr,
    .sync_call = [](const SyncCall& call, Address) { return call_c_library(call); },
    .unsupported = [](const char*, Address) {},
    .waits_outside = [](bool) {},
    .key_create =
        [](pthread_key_t* key, void (*destructor)(void*)) {
          const int result = HEDDLE_NEXT(pthread_key_create)(key, destructor);
          // Of the program and in no run: a constructor's.
          const bool before_main = t_program_code && g_engine_table == &passthrough_table();
          if (result == 0 && before_main) lasting_keys::add(*key, destructor, true);
          return result;
        },
    .key_delete =
        [](pthread_key_t key) {
          // A destructor of the program deletes it at the end of each run.
          return lasting_keys::contains(key) ? 0 : HEDDLE_NEXT(pthread_key_delete)(key);
        },
    .key_set =
        [](pthread_key_t key, void* value) {
          if (!lasting_keys::contains(key)) return HEDDLE_NEXT(pthread_setspecific)(key, value);
          lasting_keys::set(key, value);
          return 0;
        },
    .key_get =
        [](pthread_key_t key) {
          return lasting_keys::contains(key) ? lasting_keys::get(key)
                                             : HEDDLE_NEXT(pthread_getspecific)(key);
        },
    .heap_free = nullptr,
    .heap_allocate = nullptr,
    .double_free = nullptr,
    .out_of_memory = nullptr,
    .handle_signal = nullptr,
    .yield = [](Address) { return real().sched_yield(); },
    .sleep = [](const timespec* duration,
                Address) { return real().clock_nanosleep(CLOCK_MONOTONIC, 0, duration, nullptr); },
    .clock_gettime = [](clockid_t clock,
                        timespec* now) { return real().clock_gettime(clock, now); },
    .exit = leave_process,
    .exit_at_once = leave_process_at_once,
    .abort = abort_process,
    .assert_fail = assert_process,
};

constinit std::atomic<int> early_threads::g_open = 0;

constinit FindStack* g_find_stack = nullptr;
constinit ThreadNumber* g_thread_number = nullptr;

// Constant-initialised: hooks are called before constructors have run.
constinit const EngineTable* g_engine_table = &g_passthrough_table;

}  // namespace heddle
