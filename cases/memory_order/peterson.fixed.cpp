// Does:   Two threads enter a critical section; who comes second lets the other go first.
// Class:  memory_order, difficulty 4 of 5
//
// Correct: peterson.cpp with sequentially consistent operations.
// Fails:   never.
// From:    see peterson.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2];
std::atomic<int> last{0};
int entries = 0;
constexpr auto kStore = std::memory_order_seq_cst;
constexpr auto kLoad = std::memory_order_seq_cst;

void enter(int self) {
  int other = 1 - self;
  wants[self].store(true, kStore);
  last.store(self, kStore);
  while (wants[other].load(kLoad) && last.load(kLoad) == self) {
    std::this_thread::yield();
  }
  ++entries;
  wants[self].store(false, kStore);
}

int main() {
  std::thread first(enter, 0);
  std::thread second(enter, 1);
  first.join();
  second.join();
  assert(entries == 2);
  return 0;
}
