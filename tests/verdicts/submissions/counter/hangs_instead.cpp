#include <atomic>

#include "counter.h"

namespace {
std::atomic<int> count{0};
}

void let_in(int visitor) {
  welcome(visitor);
  count = count + 1;
}

// Where an update is lost no assertion fails, for none is reached.
int visitors() {
  while (count != 2) {
  }
  return count;
}
