#include "counter.h"

namespace {
int count = 0;
}

__attribute__((__no_sanitize_thread__)) void let_in(int visitor) {
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
