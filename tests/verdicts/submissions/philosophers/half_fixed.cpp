#include "table.h"

void dine(Table& table, int seat) {
  std::lock_guard<std::mutex> own(table.forks[seat]);
  eat(seat);
}
