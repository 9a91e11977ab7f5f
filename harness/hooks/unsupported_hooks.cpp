// Calls that start something, or wait for something, that no scheduler of threads can control:
// other processes, signals between threads, sockets and pipes. Under an engine that decides who
// runs they would hang, or make runs differ; so they end the search, by name.
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/cleanup.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/wait_outside.h"

namespace {

void refuse(const char* function, heddle::Address pc) {
  if (heddle::t_program_code) heddle::g_engine_table->unsupported(function, pc);
}

}  // namespace

// A hook that says its name and goes on to the C library's function. `arguments` in brackets.
#define HEDDLE_REFUSED(result, name, parameters, arguments) \
  HEDDLE_EXPORT result name parameters {                    \
    refuse(#name, HEDDLE_PC);                               \
    return HEDDLE_NEXT(name) arguments;                     \
  }

// The same of one that may wait for what is outside.
#define HEDDLE_REFUSED_WAIT(result, name, parameters, arguments) \
  HEDDLE_EXPORT result name parameters {                         \
    refuse(#name, HEDDLE_PC);                                    \
    const heddle::WaitOutside wait;                              \
    return HEDDLE_NEXT(name) arguments;                          \
  }

HEDDLE_REFUSED(pid_t, fork, (), ())
HEDDLE_REFUSED(int, system, (const char* command), (command))
HEDDLE_REFUSED(FILE*, popen, (const char* command, const char* mode), (command, mode))
HEDDLE_REFUSED(int, posix_spawn,
               (pid_t * pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]),
               (pid, path, actions, attributes, argv, envp))
HEDDLE_REFUSED(int, posix_spawnp,
               (pid_t * pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]),
               (pid, path, actions, attributes, argv, envp))
HEDDLE_REFUSED(pid_t, waitpid, (pid_t pid, int* status, int options), (pid, status, options))

HEDDLE_REFUSED(int, pthread_kill, (pthread_t thread, int signal), (thread, signal))
// A lock that outlives its owner: who locks it next is told, and neither engine has that.
HEDDLE_EXPORT int pthread_mutexattr_setrobust(pthread_mutexattr_t* attributes,
                                              int robust) noexcept {
  const heddle::Address pc = HEDDLE_PC;
  if (robust == PTHREAD_MUTEX_ROBUST) refuse("pthread_mutexattr_setrobust", pc);
  if (heddle::is_watched()) heddle::MemoryAccess(pc).write(attributes, sizeof *attributes);
  return HEDDLE_NEXT(pthread_mutexattr_setrobust)(attributes, robust);
}

HEDDLE_EXPORT int pthread_cancel(pthread_t thread) {
  if (heddle::cleanup::g_cancel != nullptr) return heddle::cleanup::g_cancel(thread);
  refuse("pthread_cancel", HEDDLE_PC);
  return HEDDLE_NEXT(pthread_cancel)(thread);
}

HEDDLE_EXPORT int pthread_tryjoin_np(pthread_t thread, void** result) noexcept {
  const heddle::Address pc = HEDDLE_PC;
  const auto has_ended = heddle::t_program_code ? heddle::cleanup::g_has_ended : nullptr;
  if (has_ended != nullptr) {
    return has_ended(thread) ? heddle::g_engine_table->thread_join(thread, result, pc) : EBUSY;
  }
  refuse("pthread_tryjoin_np", pc);
  return HEDDLE_NEXT(pthread_tryjoin_np)(thread, result);
}

HEDDLE_EXPORT int pthread_timedjoin_np(pthread_t thread, void** result, const timespec* deadline) {
  const heddle::Address pc = HEDDLE_PC;
  const auto has_ended = heddle::t_program_code ? heddle::cleanup::g_has_ended : nullptr;
  if (has_ended != nullptr) {
    constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 200'000};
    for (timespec now{}; !has_ended(thread);) {
      heddle::g_engine_table->clock_gettime(CLOCK_REALTIME, &now);
      const bool is_up = now.tv_sec != deadline->tv_sec ? now.tv_sec > deadline->tv_sec
                                                        : now.tv_nsec >= deadline->tv_nsec;
      if (is_up) return ETIMEDOUT;
      heddle::g_engine_table->sleep(&kPause, pc);
    }
    return heddle::g_engine_table->thread_join(thread, result, pc);
  }
  refuse("pthread_timedjoin_np", pc);
  return HEDDLE_NEXT(pthread_timedjoin_np)(thread, result, deadline);
}
HEDDLE_REFUSED_WAIT(int, sigwait, (const sigset_t* set, int* signal), (set, signal))
HEDDLE_REFUSED_WAIT(int, sigwaitinfo, (const sigset_t* set, siginfo_t* info), (set, info))
HEDDLE_REFUSED_WAIT(int, sigtimedwait,
                    (const sigset_t* set, siginfo_t* info, const timespec* duration),
                    (set, info, duration))
HEDDLE_REFUSED_WAIT(int, sigsuspend, (const sigset_t* mask), (mask))
HEDDLE_REFUSED_WAIT(int, pause, (), ())

HEDDLE_REFUSED_WAIT(int, accept, (int socket, sockaddr* address, socklen_t* length),
                    (socket, address, length))
HEDDLE_REFUSED_WAIT(int, accept4, (int socket, sockaddr* address, socklen_t* length, int flags),
                    (socket, address, length, flags))
HEDDLE_REFUSED_WAIT(int, connect, (int socket, const sockaddr* address, socklen_t length),
                    (socket, address, length))
HEDDLE_REFUSED_WAIT(ssize_t, recv, (int socket, void* data, size_t size, int flags),
                    (socket, data, size, flags))
HEDDLE_REFUSED_WAIT(ssize_t, recvfrom,
                    (int socket, void* data, size_t size, int flags, sockaddr* address,
                     socklen_t* length),
                    (socket, data, size, flags, address, length))
HEDDLE_REFUSED_WAIT(ssize_t, recvmsg, (int socket, msghdr* message, int flags),
                    (socket, message, flags))
HEDDLE_REFUSED_WAIT(int, poll, (pollfd * files, nfds_t count, int timeout), (files, count, timeout))
HEDDLE_REFUSED_WAIT(int, select,
                    (int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout),
                    (count, read, write, except, timeout))
HEDDLE_REFUSED_WAIT(int, ppoll,
                    (pollfd * files, nfds_t count, const timespec* timeout, const sigset_t* mask),
                    (files, count, timeout, mask))
HEDDLE_REFUSED_WAIT(int, pselect,
                    (int count, fd_set* read, fd_set* write, fd_set* except,
                     const timespec* timeout, const sigset_t* mask),
                    (count, read, write, except, timeout, mask))
HEDDLE_REFUSED_WAIT(int, epoll_pwait,
                    (int epoll, epoll_event* events, int count, int timeout, const sigset_t* mask),
                    (epoll, events, count, timeout, mask))
HEDDLE_REFUSED_WAIT(int, epoll_wait, (int epoll, epoll_event* events, int count, int timeout),
                    (epoll, events, count, timeout))

// The kernel would keep the only thread that there is. A try waits for nobody.
HEDDLE_EXPORT int flock(int file, int operation) noexcept {
  if ((operation & (LOCK_NB | LOCK_UN)) != 0) return HEDDLE_NEXT(flock)(file, operation);
  refuse("flock", HEDDLE_PC);
  const heddle::WaitOutside wait;
  return HEDDLE_NEXT(flock)(file, operation);
}

// A library that comes in the middle of a run stays for the next, which must not find it.
HEDDLE_EXPORT void* dlopen(const char* path, int flags) noexcept {
  // The program itself, or one that is there already: nothing comes.
  const bool is_new =
      path != nullptr && HEDDLE_NEXT(dlopen)(path, RTLD_LAZY | RTLD_NOLOAD) == nullptr;
  if (is_new) refuse("dlopen", HEDDLE_PC);
  // A call at the end, compiled to a jump: the loader looks at who calls, for its search path.
  return HEDDLE_NEXT(dlopen)(path, flags);
}
