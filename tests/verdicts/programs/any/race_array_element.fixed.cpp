// Correct: a seat is taken and given back under the mutex under which the free ones are counted.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

std::mutex mutex;
std::vector<int> seats(3, 0);

__attribute__((noinline)) void set(int seat, int taken) {
  seats[seat] = taken;
}

int main() {
  std::thread customer([] {
    const std::lock_guard lock(mutex);
    set(1, 1);
    set(1, 0);
  });
  std::thread counter([] {
    int taken = 0;
    {
      const std::lock_guard lock(mutex);
      for (const int seat : seats) taken += seat;
    }
    assert(taken == 0);
  });
  customer.join();
  counter.join();
  return 0;
}
