// Correct: two threads hand a token to and fro until a third has done its work, which takes it
// thousands of steps: they go round, and what ends it is a step that the third takes at last.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> token{0};
std::atomic<bool> over{false};
std::atomic<int> work{0};

void hand_over(int self) {
  while (!over) {
    if (token == self) token = 1 - self;
    std::this_thread::yield();
  }
}

int main() {
  std::thread first(hand_over, 0);
  std::thread second(hand_over, 1);
  for (int i = 0; i < 5'000; ++i) ++work;
  over = true;
  first.join();
  second.join();
  assert(work == 5'000);
  return 0;
}
