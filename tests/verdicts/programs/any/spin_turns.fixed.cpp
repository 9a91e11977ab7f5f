// Correct: two threads take turns and spin, without yielding, for as long as it is the other's.
// Fails: never, and is no livelock.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> turn{0};
int counter = 0;

void play(int self) {
  for (int i = 0; i < 3; ++i) {
    while (turn.load(std::memory_order_acquire) != self) {
    }
    ++counter;
    turn.store(1 - self, std::memory_order_release);
  }
}

int main() {
  std::thread first(play, 0);
  std::thread second(play, 1);
  first.join();
  second.join();
  assert(counter == 6);
  return 0;
}
