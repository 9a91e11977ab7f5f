#include <cstring>

#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
  for (;;) {
    constexpr unsigned kMuch = 64 << 20;
    std::memset(new char[kMuch], 1, kMuch);
  }
}

int visitors() {
  return 2;
}
