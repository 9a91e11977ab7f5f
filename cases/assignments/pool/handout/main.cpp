// The test. Do not change this file.
#include <atomic>
#include <cassert>

#include "pool.h"

namespace {
std::atomic<int> done{0};
}

void perform(int task) {
  done += task;
}

int main() {
  {
    Pool pool;
    pool.hand_in(1);
    pool.hand_in(2);
  }
  assert(done == 3);
  return 0;
}
