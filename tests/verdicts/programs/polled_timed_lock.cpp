// A mutex that is taken with a limit of time, again and again, until another thread has set what it
// guards: thousands of rounds where that one is let go on late.
#include <semaphore.h>

#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

namespace {

std::timed_mutex mutex;
bool set;
sem_t polled;
int order;

void poll() {
  for (;;) {
    const std::unique_lock lock(mutex, std::chrono::milliseconds(1));
    if (lock && set) break;
  }
  assert(order++ == 1);
  sem_post(&polled);
}

void do_set() {
  assert(order++ == 0);
  {
    const std::lock_guard lock(mutex);
    set = true;
  }
  sem_wait(&polled);
  assert(order++ == 2);
}

}  // namespace

int main() {
  sem_init(&polled, 0, 0);
  std::thread poller(poll);
  std::thread setter(do_set);
  setter.join();
  poller.join();
  assert(order == 3);
}
