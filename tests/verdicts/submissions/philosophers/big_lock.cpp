#include "table.h"

namespace {
std::mutex room;
}

void dine(Table&, int seat) {
  std::lock_guard<std::mutex> lock(room);
  eat(seat);
}
