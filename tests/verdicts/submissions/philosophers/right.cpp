#include "table.h"

void dine(Table& table, int seat) {
  std::scoped_lock both(table.forks[seat], table.forks[(seat + 1) % kSeats]);
  eat(seat);
}
