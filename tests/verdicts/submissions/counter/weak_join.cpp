#include <thread>

#include "counter.h"

namespace {
int count = 0;
}

inline void __attribute__((used)) std::thread::join() {
  pthread_join(native_handle(), nullptr);
  _M_id = id();
}

void let_in(int visitor) {
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
