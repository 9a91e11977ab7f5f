#include "table.h"

// The last one turns round, but to the fork that is nobody's.
void dine(Table& table, int seat) {
  const int next = (seat + 1) % kSeats;
  std::lock_guard<std::mutex> first(table.forks[seat]);
  if (seat == kSeats - 1) {
    eat(seat);
    return;
  }
  std::lock_guard<std::mutex> second(table.forks[next]);
  eat(seat);
}
