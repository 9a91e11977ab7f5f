// Correct; how often its threads lock hangs on numbers that the system draws.
#include <sys/random.h>

#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
unsigned locked = 0;

void lock_often() {
  unsigned char drawn = 0;
  assert(getrandom(&drawn, 1, 0) == 1);
  for (unsigned i = 0; i <= drawn % 16; ++i) {
    const std::lock_guard lock(mutex);
    ++locked;
  }
}

int main() {
  std::thread first(lock_often);
  std::thread second(lock_often);
  first.join();
  second.join();
  assert(locked >= 2 && locked <= 32);
}
