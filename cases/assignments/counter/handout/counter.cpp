#include "counter.h"

namespace {
int count = 0;
}

void let_in(int visitor) {
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
