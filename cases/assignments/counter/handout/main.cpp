// The test. Do not change this file.
#include <atomic>
#include <cassert>
#include <thread>

#include "counter.h"

namespace {
std::atomic<int> welcomed{0};
}

void welcome(int visitor) {
  welcomed.fetch_or(1 << visitor);
}

int main() {
  std::thread left([] { let_in(0); });
  std::thread right([] { let_in(1); });
  left.join();
  right.join();
  assert(welcomed == 3);
  assert(visitors() == 2);
  return 0;
}
