#include <atomic>

#include "counter.h"

namespace {
std::atomic<int> count{0};
}

void let_in(int visitor) {
  welcome(visitor);
  int seen = count.load(std::memory_order_relaxed);
  while (!count.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) {
  }
}

int visitors() {
  return count.load();
}
