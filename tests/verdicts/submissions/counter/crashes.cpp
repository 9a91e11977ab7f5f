#include "counter.h"

namespace {
int* count = nullptr;
}

void let_in(int visitor) {
  welcome(visitor);
  ++*count;
}

int visitors() {
  return *count;
}
