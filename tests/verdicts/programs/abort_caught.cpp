// Correct: abort() and a failed assertion are caught: a handler of SIGABRT jumps away, in both
// threads, and the last one ends the process well.
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <cassert>
#include <exception>
#include <thread>

thread_local sigjmp_buf place;
thread_local volatile int caught = 0;
std::atomic<int> steps{0};

void jump(int /*signal*/) {
  steps.fetch_add(1);
  caught = caught + 1;
  siglongjmp(place, 1);
}

void end_well(int /*signal*/) {
  _Exit(steps == 5 ? 0 : 1);
}

void fail_twice() {
  if (sigsetjmp(place, 1) == 0) abort();
  if (sigsetjmp(place, 1) == 0) assert(steps < 0);
}

int main() {
  signal(SIGABRT, jump);
  std::thread other([] {
    fail_twice();
    if (caught != 2) _Exit(2);
  });
  fail_twice();
  // In another mask: the signal is let in.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGABRT);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  if (sigsetjmp(place, 1) == 0) std::terminate();
  if (caught != 3) _Exit(3);
  other.join();
  signal(SIGABRT, end_well);
  abort();
}
