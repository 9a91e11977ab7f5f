#include <atomic>
#include <cstdio>

#include "counter.h"

namespace {
std::atomic<int> count{0};
}

void let_in(int visitor) {
  welcome(visitor);
  for (int i = 0; i < 1000; ++i) {
    std::puts("a line that is long enough to add up over some thousand runs of the program");
  }
  ++count;
}

int visitors() {
  return count;
}
