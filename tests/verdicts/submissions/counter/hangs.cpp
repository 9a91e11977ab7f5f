#include "counter.h"

namespace {
volatile bool done = false;
}

void let_in(int visitor) {
  welcome(visitor);
  while (!done) {
  }
}

int visitors() {
  return 2;
}
