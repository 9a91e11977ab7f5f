// As compare_exchange.cpp, but for the order of a compare-exchange that fails.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> owner{0};

void take(int who) {
  int nobody = 0;
  owner.compare_exchange_strong(nobody, who, std::memory_order_seq_cst, std::memory_order_relaxed);
}

int main() {
  std::thread first(take, 1);
  std::thread second(take, 2);
  first.join();
  second.join();
  assert(owner.load() != 0);
}
