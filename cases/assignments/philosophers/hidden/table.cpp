#include "table.h"

#include <algorithm>

void dine(Table& table, int seat) {
  // All take the fork with the lower number first, so that no circle of waiting can close.
  const int next = (seat + 1) % kSeats;
  std::lock_guard<std::mutex> first(table.forks[std::min(seat, next)]);
  std::lock_guard<std::mutex> second(table.forks[std::max(seat, next)]);
  eat(seat);
}
