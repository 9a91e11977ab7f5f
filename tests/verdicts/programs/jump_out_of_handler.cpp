// Correct: an endless loop is left by a jump out of a handler, three times: the jump lets the
// signal in again.
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <cassert>
#include <thread>

sigjmp_buf place;
volatile sig_atomic_t times = 0;
std::atomic<int> steps{0};

void ring(int /*signal*/) {
  times = times + 1;
  siglongjmp(place, 1);
}

int main() {
  std::thread other([] {
    for (int i = 0; i < 10; ++i) steps.fetch_add(1);
  });
  signal(SIGALRM, ring);
  for (int i = 0; i < 3; ++i) {
    if (sigsetjmp(place, 1) != 0) continue;
    const itimerval soon = {{0, 0}, {0, 3000}};
    setitimer(ITIMER_REAL, &soon, nullptr);
    for (;;) steps.load();
  }
  assert(times == 3);
  other.join();
  assert(steps == 10);
}
