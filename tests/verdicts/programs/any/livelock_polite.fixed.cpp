// Correct: the one with the lower number eats first, however hungry the other is.
#include <atomic>
#include <thread>

std::atomic<int> spoon{0};
std::atomic<bool> hungry[2] = {true, true};

void eat(int self) {
  while (hungry[self]) {
    if (spoon != self) {
      std::this_thread::yield();
    } else {
      hungry[self] = false;
      spoon = 1 - self;
    }
  }
}

int main() {
  std::thread first(eat, 0);
  std::thread second(eat, 1);
  first.join();
  second.join();
  return 0;
}
