// Correct: a handler that comes by the clock enters hooks itself, while two threads are amid
// theirs.
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <cassert>
#include <memory>
#include <mutex>
#include <thread>

std::atomic<int> ticks{0};
std::mutex mutex;
int guarded = 0;
thread_local int depth = 0;

void tick(int number, siginfo_t* info, void* /*context*/) {
  assert(number == SIGALRM && info->si_signo == SIGALRM);
  // The signal is blocked in this thread until its handler has returned, which takes longer than it
  // takes the signal to come again.
  ++depth;
  assert(depth == 1);
  ticks.fetch_add(1);
  for (int i = 0; i < 20'000; ++i) ticks.load();
  ticks.fetch_add(1);
  --depth;
}

void work() {
  while (ticks < 40) {
    const std::lock_guard lock(mutex);
    ++guarded;
    const auto block = std::make_unique<int>(guarded);
  }
}

int main() {
  struct sigaction action = {};
  action.sa_sigaction = tick;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  static char room[65536];
  const stack_t stack = {room, 0, sizeof room};
  sigaltstack(&stack, nullptr);
  sigaction(SIGALRM, &action, nullptr);
  struct sigaction now = {};
  sigaction(SIGALRM, nullptr, &now);
  assert(now.sa_sigaction == tick && (now.sa_flags & SA_SIGINFO) != 0 &&
         (now.sa_flags & SA_ONSTACK) != 0);
  const itimerval often = {{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &often, nullptr);
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  const itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  const int before = ticks;
  raise(SIGALRM);
  assert(ticks >= before + 2 && ticks % 2 == 0);
  assert(signal(SIGALRM, SIG_DFL) == reinterpret_cast<void (*)(int)>(tick));
}
