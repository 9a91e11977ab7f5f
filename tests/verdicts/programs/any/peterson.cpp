// Bug: Peterson's algorithm with relaxed accesses, which neither keep both threads out on weaker
//      processors nor order what they do inside.
// Fails: whenever both have been inside: the two additions race. No interleaving of the accesses
//        loses one.
#include <atomic>
#include <cassert>
#include <thread>

constexpr auto kOrder = std::memory_order_relaxed;

std::atomic<bool> wants[2] = {false, false};
std::atomic<int> turn{0};
int counter = 0;

void enter(int self) {
  wants[self].store(true, kOrder);
  turn.store(1 - self, kOrder);
  while (wants[1 - self].load(kOrder) && turn.load(kOrder) == 1 - self) std::this_thread::yield();
  ++counter;
  wants[self].store(false, kOrder);
}

int main() {
  std::thread first(enter, 0);
  std::thread second(enter, 1);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
