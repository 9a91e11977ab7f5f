#include "table.h"

void dine(Table& table, int seat) {
  std::mutex& own = table.forks[seat];
  std::mutex& next = table.forks[(seat + 1) % kSeats];
  std::lock_guard<std::mutex> first(seat % 2 == 0 ? own : next);
  std::lock_guard<std::mutex> second(seat % 2 == 0 ? next : own);
  eat(seat);
}
