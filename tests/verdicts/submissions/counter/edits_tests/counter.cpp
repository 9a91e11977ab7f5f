#include "counter.h"

namespace {
int count = 0;
}

void let_in(int visitor) {
  welcome(visitor);
  count = count + 1;
}

int visitors() {
  return count;
}
