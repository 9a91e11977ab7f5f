/* What a process begins with in the kernel, whatever an earlier one did to its own. */
#define _GNU_SOURCE
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void* work(void* unused) {
  pthread_mutex_lock(&lock);
  ++count;
  pthread_mutex_unlock(&lock);
  return unused;
}

static void begins_afresh(void) {
  char folder[4096];
  struct rlimit core;
  struct sigaction action;
  struct itimerval left;
  sigset_t mask;
  cpu_set_t processors;
  stack_t stack;
  assert(errno == 0);
  assert(fegetround() == FE_TONEAREST);
  assert(getcwd(folder, sizeof folder) != NULL && strcmp(folder, "/") != 0);
  assert(umask(022) != 0777);
  assert(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur != 12345);
  assert(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
  assert(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 && !sigismember(&mask, SIGUSR2));
  assert(getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_sec == 0);
  assert(getpriority(PRIO_PROCESS, 0) < 19);
  assert(sched_getaffinity(0, sizeof processors, &processors) == 0);
  assert(sigaltstack(NULL, &stack) == 0);
  assert(fcntl(STDIN_FILENO, F_GETFD) >= 0 && fcntl(STDOUT_FILENO, F_GETFD) >= 0);
  assert((fcntl(STDERR_FILENO, F_GETFL) & O_APPEND) == 0);
}

static void leaves_all_changed(void) {
  char name[] = "/tmp/left_behind_XXXXXX";
  struct rlimit core;
  struct itimerval hour = {{0, 0}, {3600, 0}};
  sigset_t mask;
  int file;
  assert(chdir("/") == 0);
  umask(0777);
  assert(getrlimit(RLIMIT_CORE, &core) == 0);
  core.rlim_cur = core.rlim_max < 12345 ? 0 : 12345;
  assert(setrlimit(RLIMIT_CORE, &core) == 0);
  signal(SIGUSR1, SIG_IGN);
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &mask, NULL);
  raise(SIGUSR2);
  assert(setitimer(ITIMER_REAL, &hour, NULL) == 0);
  fesetround(FE_UPWARD);
  file = mkstemp(name);
  assert(file >= 0 && file < 100);
  unlink(name);
  assert(fcntl(file, F_DUPFD, 0) < 100);
  assert(opendir("/") != NULL);
  assert(openat(AT_FDCWD, "/dev/null", O_RDONLY) < 100);
  assert(epoll_create1(0) < 100);
  fcntl(STDERR_FILENO, F_SETFL, O_APPEND);
  close(STDOUT_FILENO);
  close(STDIN_FILENO);
  errno = ERANGE;
}

int main(void) {
  pthread_t first;
  pthread_t second;
  begins_afresh();
  pthread_create(&first, NULL, work, NULL);
  pthread_create(&second, NULL, work, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(count == 2);
  leaves_all_changed();
  return 0;
}
