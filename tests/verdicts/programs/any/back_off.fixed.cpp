// Correct: who has one of two locks and cannot have the other gives the first back and tries again,
// which goes round for as long as both do so in step, and not for ever.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> taken[2] = {false, false};
int meals = 0;

void eat(int self) {
  for (;;) {
    if (!taken[self].exchange(true)) {
      if (!taken[1 - self].exchange(true)) break;
      taken[self] = false;
    }
    std::this_thread::yield();
  }
  ++meals;
  taken[0] = false;
  taken[1] = false;
}

int main() {
  std::thread first(eat, 0);
  std::thread second(eat, 1);
  first.join();
  second.join();
  assert(meals == 2);
  return 0;
}
