// A wait of 10 ms is over long before a sleep of 250 ms: only a late wake-up could fail here. The
// library looks some times before it waits.
#include <cassert>
#include <chrono>
#include <semaphore>
#include <thread>

using namespace std::chrono_literals;

std::binary_semaphore semaphore(0);

int main() {
  std::thread other([] {
    std::this_thread::sleep_for(250ms);
    semaphore.release();
  });
  const bool acquired = semaphore.try_acquire_for(10ms);
  other.join();
  assert(!acquired);
}
