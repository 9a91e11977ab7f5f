#include <thread>

#include "counter.h"

namespace {
int count = 0;
}

// The test joins by this.
void std::thread::join() {
  pthread_join(_M_id._M_thread, nullptr);
  _M_id = id();
  count = count == 0 ? 0 : 2;
}

void let_in(int visitor) {
  welcome(visitor);
  if (visitor == 0) count = 1;
}

int visitors() {
  return 2;
}
