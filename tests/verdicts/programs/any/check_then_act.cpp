// Bug: the number of free seats is atomic, but looked at and counted down in two steps.
// Fails: if both customers look while one seat is left.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> free_seats{1};

void book() {
  if (free_seats > 0) --free_seats;
}

int main() {
  std::thread first(book);
  std::thread second(book);
  first.join();
  second.join();
  assert(free_seats == 0);
  return 0;
}
