// Two threads that give way after each step each see the other's flag, in that order for ever. In
// others one of them sees none, and ends the process at once.
#include <atomic>
#include <cstdlib>
#include <thread>

std::atomic<int> flags[2];

void enter(int me) {
  while (true) {
    flags[me] = 1;
    std::this_thread::yield();
    const bool alone = flags[1 - me] == 0;
    if (alone) std::_Exit(0);
    std::this_thread::yield();
    flags[me] = 0;
    std::this_thread::yield();
  }
}

int main() {
  std::thread one(enter, 0);
  std::thread two(enter, 1);
  one.join();
  two.join();
}
