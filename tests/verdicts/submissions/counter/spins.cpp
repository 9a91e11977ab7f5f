#include <atomic>

#include "counter.h"

namespace {
std::atomic_flag busy = ATOMIC_FLAG_INIT;
int count = 0;
}  // namespace

void let_in(int visitor) {
  welcome(visitor);
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  ++count;
  busy.clear(std::memory_order_release);
}

int visitors() {
  return count;
}
