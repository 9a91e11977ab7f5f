// Load buffering: C++ lets both loads see the stores behind them; no engine of Heddle's does.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> x{0};
std::atomic<int> y{0};
int seen_by_first = 0;
int seen_by_second = 0;

int main() {
  std::thread first([] {
    seen_by_first = y.load(std::memory_order_relaxed);
    x.store(1, std::memory_order_relaxed);
  });
  std::thread second([] {
    seen_by_second = x.load(std::memory_order_relaxed);
    y.store(1, std::memory_order_relaxed);
  });
  first.join();
  second.join();
  assert(seen_by_first == 0 || seen_by_second == 0);
}
