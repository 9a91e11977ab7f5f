// Correct: Peterson's algorithm, with loops that wait and do not say so.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> wants[2];
std::atomic<int> turn{0};
int counter = 0;

void enter(int self) {
  wants[self] = true;
  turn = 1 - self;
  while (wants[1 - self] && turn == 1 - self) {
  }
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
