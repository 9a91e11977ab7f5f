#include <atomic>

#include "counter.h"

namespace {
std::atomic<int> count{0};
}

void let_in(int visitor) {
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
