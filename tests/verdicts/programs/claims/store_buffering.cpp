// Store buffering: with relaxed orders both threads may miss each other's store, in a sequentially
// consistent world one of them never does.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> x{0};
std::atomic<int> y{0};
int seen_by_first = 0;
int seen_by_second = 0;

int main() {
  std::thread first([] {
    x.store(1, std::memory_order_relaxed);
    seen_by_first = y.load(std::memory_order_relaxed);
  });
  std::thread second([] {
    y.store(1, std::memory_order_relaxed);
    seen_by_second = x.load(std::memory_order_relaxed);
  });
  first.join();
  second.join();
  assert(seen_by_first == 1 || seen_by_second == 1);
}
