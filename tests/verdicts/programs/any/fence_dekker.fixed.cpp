// Correct: sequentially consistent fences stand between each thread's announcement and its look at
//          the other's, so at least one of them sees the other and stays out.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2] = {false, false};
int entered = 0;

void try_enter(int self) {
  wants[self].store(true, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!wants[1 - self].load(std::memory_order_relaxed)) ++entered;
}

int main() {
  std::thread first(try_enter, 0);
  std::thread second(try_enter, 1);
  first.join();
  second.join();
  assert(entered <= 1);
  return 0;
}
