// What a function returns goes straight into the memory that `new` has got; no access of it is
// instrumented. It is handed on by a store that orders nothing.
#include <atomic>
#include <cassert>
#include <thread>

struct Point {
  int x, y;
};

std::atomic<Point*> shared;

__attribute__((noinline)) Point make(int x, int y) {
  return {x, y};
}

int main() {
  std::thread maker([] { shared.store(new Point(make(3, 4)), std::memory_order_relaxed); });
  if (const Point* point = shared.load(std::memory_order_relaxed)) {
    assert(point->x == 3 && point->y == 4);
  }
  maker.join();
  delete shared.load();
}
