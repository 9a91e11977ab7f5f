#include <condition_variable>

#include "table.h"

namespace {
std::mutex door;
std::condition_variable left;
int guests = 0;
}  // namespace

// One fewer than there are seats, so that somebody has two forks.
void dine(Table& table, int seat) {
  {
    std::unique_lock<std::mutex> lock(door);
    left.wait(lock, [] { return guests < kSeats - 1; });
    ++guests;
  }
  {
    std::lock_guard<std::mutex> first(table.forks[seat]);
    std::lock_guard<std::mutex> second(table.forks[(seat + 1) % kSeats]);
    eat(seat);
  }
  {
    std::lock_guard<std::mutex> lock(door);
    --guests;
  }
  left.notify_one();
}
