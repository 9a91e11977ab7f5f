// The test with other numbers: no task at all, and then three.
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
  { Pool idle; }
  assert(done == 0);
  {
    Pool pool;
    pool.hand_in(10);
    pool.hand_in(200);
    pool.hand_in(3000);
  }
  assert(done == 3210);
  return 0;
}
