#include "harness/hooks/real_calls.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace heddle {
namespace {

// Zero-initialised, so usable before constructors have run.
RealCalls g_real;
bool g_resolved;

[[noreturn]] void missing(const char* name) {
  const char text[] = "heddle: the C library has no function ";
  [[maybe_unused]] auto ignored = write(STDERR_FILENO, text, sizeof text - 1);
  ignored = write(STDERR_FILENO, name, std::strlen(name));
  ignored = write(STDERR_FILENO, "\n", 1);
  _exit(3);
}

// `version`: the condition variable functions exist twice, and a plain dlsym(RTLD_NEXT) may return
// those of 1997, whose pthread_cond_t has another layout.
template <typename Function>
void resolve(Function*& slot, const char* name, const char* version = nullptr) {
  void* symbol = version == nullptr ? dlsym(RTLD_NEXT, name) : dlvsym(RTLD_NEXT, name, version);
  if (symbol == nullptr) missing(name);
  slot = reinterpret_cast<Function*>(symbol);
}

void resolve_all() {
  resolve(g_real.pthread_create, "pthread_create");
  resolve(g_real.pthread_join, "pthread_join");
  resolve(g_real.pthread_detach, "pthread_detach");
  resolve(g_real.pthread_cancel, "pthread_cancel");
  resolve(g_real.pthread_exit, "pthread_exit");
  resolve(g_real.pthread_mutex_lock, "pthread_mutex_lock");
  resolve(g_real.pthread_mutex_trylock, "pthread_mutex_trylock");
  resolve(g_real.pthread_mutex_unlock, "pthread_mutex_unlock");
  resolve(g_real.pthread_mutex_clocklock, "pthread_mutex_clocklock");
  resolve(g_real.pthread_mutex_destroy, "pthread_mutex_destroy");
  resolve(g_real.pthread_cond_wait, "pthread_cond_wait", "GLIBC_2.3.2");
  resolve(g_real.pthread_cond_clockwait, "pthread_cond_clockwait");
  resolve(g_real.pthread_cond_signal, "pthread_cond_signal", "GLIBC_2.3.2");
  resolve(g_real.pthread_cond_broadcast, "pthread_cond_broadcast", "GLIBC_2.3.2");
  resolve(g_real.pthread_cond_destroy, "pthread_cond_destroy", "GLIBC_2.3.2");
  resolve(g_real.sched_yield, "sched_yield");
  resolve(g_real.clock_nanosleep, "clock_nanosleep");
  resolve(g_real.clock_gettime, "clock_gettime");
  resolve(g_real.exit, "exit");
  resolve(g_real.abort, "abort");
  resolve(g_real.assert_fail, "__assert_fail");
  resolve(g_real.cxa_thread_atexit, "__cxa_thread_atexit_impl");
  resolve(g_real.cxa_atexit, "__cxa_atexit");
}

}  // namespace

const RealCalls& real() {
  // The first call comes from the only thread there is at that time: no lock is needed.
  if (!g_resolved) [[unlikely]] {
    resolve_all();
    g_resolved = true;
  }
  return g_real;
}

}  // namespace heddle
