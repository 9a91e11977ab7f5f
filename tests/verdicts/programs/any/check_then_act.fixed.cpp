// Correct: the seat is taken by an exchange that only succeeds if the number is still the one that
//          was looked at.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> free_seats{1};
std::atomic<int> booked{0};

void book() {
  int seats = free_seats;
  while (seats > 0) {
    if (free_seats.compare_exchange_weak(seats, seats - 1)) {
      ++booked;
      return;
    }
  }
}

int main() {
  std::thread first(book);
  std::thread second(book);
  first.join();
  second.join();
  assert(free_seats == 0 && booked == 1);
  return 0;
}
