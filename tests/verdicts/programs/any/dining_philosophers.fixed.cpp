// Correct: everybody takes the fork with the lower number first, so there is no circle.
// Fails: never.
#include <algorithm>
#include <cassert>
#include <mutex>
#include <thread>

std::mutex forks[3];
int meals[3] = {0, 0, 0};

void dine(int seat) {
  const int next = (seat + 1) % 3;
  std::lock_guard<std::mutex> lower(forks[std::min(seat, next)]);
  std::lock_guard<std::mutex> higher(forks[std::max(seat, next)]);
  ++meals[seat];
  ++meals[next];
}

int main() {
  std::thread first(dine, 0);
  std::thread second(dine, 1);
  std::thread third(dine, 2);
  first.join();
  second.join();
  third.join();
  assert(meals[0] == 2 && meals[1] == 2 && meals[2] == 2);
  return 0;
}
