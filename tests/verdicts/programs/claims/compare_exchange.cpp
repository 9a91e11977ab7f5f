// One of two threads takes what is there, whichever comes first. Correct, and sequentially
// consistent throughout.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> owner{0};

void take(int who) {
  int nobody = 0;
  owner.compare_exchange_strong(nobody, who);
}

int main() {
  std::thread first(take, 1);
  std::thread second(take, 2);
  first.join();
  second.join();
  assert(owner.load() != 0);
}
