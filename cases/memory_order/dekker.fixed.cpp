// Does:   Two threads enter a critical section by turns, as each leaves its wish to the other.
// Class:  memory_order, difficulty 4 of 5
//
// Correct: dekker.cpp with sequentially consistent operations.
// Fails:   never.
// From:    see dekker.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2];
std::atomic<int> turn{0};
int entries = 0;
constexpr auto kStore = std::memory_order_seq_cst;
constexpr auto kLoad = std::memory_order_seq_cst;

void enter(int self) {
  int other = 1 - self;
  wants[self].store(true, kStore);
  while (wants[other].load(kLoad)) {
    if (turn.load(kLoad) != self) {
      wants[self].store(false, kStore);
      while (turn.load(kLoad) != self) {
        std::this_thread::yield();
      }
      wants[self].store(true, kStore);
    }
  }
  ++entries;
  turn.store(other, kStore);
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
