// The same, with the number of those who are here polled under a lock: no loop of which each round
// leaves all as it is.
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

static std::mutex mutex;
static int here = 0;

static bool all_here() {
  const std::lock_guard lock(mutex);
  return here == 3;
}

static void meet(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  {
    const std::lock_guard lock(mutex);
    ++here;
  }
  while (!all_here()) std::this_thread::yield();
}

int main() {
  std::thread first(meet, 1);
  std::thread second(meet, 2);
  std::thread third(meet, 3);
  first.join();
  second.join();
  third.join();
  assert(here == 3);
}
