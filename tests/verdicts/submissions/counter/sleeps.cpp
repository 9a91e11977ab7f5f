#include <chrono>
#include <thread>

#include "counter.h"

namespace {
int count = 0;
}

void let_in(int visitor) {
  welcome(visitor);
  std::this_thread::sleep_for(std::chrono::milliseconds(50 * visitor));
  ++count;
}

int visitors() {
  return count;
}
