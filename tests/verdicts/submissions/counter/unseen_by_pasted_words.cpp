#include "counter.h"

#define WORD(a, b) a##b

namespace {
int count = 0;
}

__attribute__((WORD(no_, sanitize_thread))) void let_in(int visitor) {
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
