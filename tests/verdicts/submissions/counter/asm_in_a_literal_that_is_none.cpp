#include "counter.h"

#define TEXTR ""

namespace {
int count = 0;
}

void let_in(int visitor) {
  welcome(visitor);
  const char* const begin = TEXTR "(";
  asm volatile("incl %0" : "+m"(count));
  const char* const end = ")";
  static_cast<void>(begin);
  static_cast<void>(end);
}

int visitors() {
  return count;
}
