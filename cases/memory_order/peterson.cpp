// Does:   Two threads enter a critical section; who comes second lets the other go first.
// Class:  memory_order, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    with release and acquire order a thread may miss the other's wish although it has stored
//         its own before.
// Fails:  if both read the other's wish as false. No interleaving does that.
// From:   G. L. Peterson, "Myths About the Mutual Exclusion Problem" (Information Processing
//         Letters 1981); it needs sequential consistency.
// Found:  stress nothing; tsan nothing as a rule; fuzz nothing, for it runs sequentially consistent
//         orders only; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2];
std::atomic<int> last{0};
int entries = 0;
constexpr auto kStore = std::memory_order_release;
constexpr auto kLoad = std::memory_order_acquire;

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
