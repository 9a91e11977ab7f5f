// The test with other numbers: nobody at first, and then three.
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
  assert(visitors() == 0);
  std::thread left([] {
    let_in(0);
    let_in(2);
  });
  std::thread right([] { let_in(1); });
  left.join();
  right.join();
  assert(welcomed == 7);
  assert(visitors() == 3);
  return 0;
}
