#include "counter.h"

namespace {
volatile bool told = false;
}

void let_in(int visitor) {
  welcome(visitor);
  while (!told) {
  }
}

int visitors() {
  return 2;
}
