// Correct: the smallest number so far is compared and replaced under a mutex. Not optimised: what
//          is compared is read twice.
// Fails: never.
#include <algorithm>
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int smallest = 9;

void offer(int number) {
  const std::lock_guard lock(mutex);
  smallest = std::min(smallest, number);
}

int main() {
  std::thread first(offer, 5);
  std::thread second(offer, 3);
  first.join();
  second.join();
  assert(smallest == 3);
  return 0;
}
