// Correct: a turn decides between two that both want to go (Peterson's algorithm), so one of them
//          always may. The order of all accesses is sequentially consistent.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2] = {false, false};
std::atomic<int> turn{0};
int counter = 0;

void enter(int self) {
  wants[self] = true;
  turn = 1 - self;
  while (wants[1 - self] && turn == 1 - self) std::this_thread::yield();
  ++counter;
  wants[self] = false;
}

int main() {
  std::thread first(enter, 0);
  std::thread second(enter, 1);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
