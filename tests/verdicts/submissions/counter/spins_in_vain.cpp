#include "counter.h"

namespace {
volatile bool busy = false;
int count = 0;
}  // namespace

void let_in(int visitor) {
  welcome(visitor);
  while (busy) {
  }
  busy = true;
  ++count;
  busy = false;
}

int visitors() {
  return count;
}
