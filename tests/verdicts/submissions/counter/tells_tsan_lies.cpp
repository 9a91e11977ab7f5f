#include "counter.h"

extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);

namespace {
int count = 0;
}

void let_in(int visitor) {
  welcome(visitor);
  __tsan_acquire(&count);
  ++count;
  __tsan_release(&count);
}

int visitors() {
  return count;
}
