// Correct: threads know themselves by the number that the kernel has for them, and a lock that one
// may take twice knows its owner by it.
// Fails: never.
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <set>
#include <thread>

std::atomic<pid_t> owner{0};
int depth = 0;
std::set<pid_t> seen;

void lock() {
  const pid_t self = gettid();
  if (owner.load() == self) {
    ++depth;
    return;
  }
  for (pid_t nobody = 0; !owner.compare_exchange_strong(nobody, self); nobody = 0) sched_yield();
  depth = 1;
}

void unlock() {
  if (--depth == 0) owner.store(0);
}

void sign() {
  lock();
  assert(gettid() == syscall(SYS_gettid));
  lock();
  assert(seen.insert(gettid()).second);
  unlock();
  unlock();
}

int main() {
  assert(gettid() == getpid());
  std::thread first(sign);
  std::thread second(sign);
  first.join();
  second.join();
  sign();
  assert(seen.size() == 3);
  return 0;
}
