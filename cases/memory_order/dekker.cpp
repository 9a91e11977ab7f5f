// Does:   Two threads enter a critical section by turns, as each leaves its wish to the other.
// Class:  memory_order, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the wishes are stored with release order and loaded with acquire order, and so both may
//         be read before either is seen.
// Fails:  as store_buffering.cpp: if each thread misses the other's wish. No interleaving does
//         that.
// From:   the algorithm of Th. J. Dekker, published by E. W. Dijkstra, "Cooperating Sequential
//         Processes" (1965); it needs sequential consistency.
// Found:  stress nothing; tsan nothing as a rule; fuzz nothing, for it runs sequentially consistent
//         orders only; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2];
std::atomic<int> turn{0};
int entries = 0;
constexpr auto kStore = std::memory_order_release;
constexpr auto kLoad = std::memory_order_acquire;

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
