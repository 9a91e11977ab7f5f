#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
}

int visitors() {
  return 2;
}
