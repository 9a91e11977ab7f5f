// Bug: whoever has the spoon hands it over for as long as the other one is hungry, which both stay.
// Fails: always. All threads run and write, and go round in a few states.
#include <atomic>
#include <thread>

std::atomic<int> spoon{0};
std::atomic<bool> hungry[2] = {true, true};

void eat(int self) {
  while (hungry[self]) {
    if (spoon != self) {
      std::this_thread::yield();
    } else if (hungry[1 - self]) {
      spoon = 1 - self;
    } else {
      hungry[self] = false;
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
