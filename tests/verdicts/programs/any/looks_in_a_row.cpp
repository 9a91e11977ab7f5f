// Bug: takes for granted that it looks before the other thread writes.
// Fails: if that one is faster. It looks six times itself, all by one place of the code: in
// straight
//        lines, which are no loop that waits.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> value{0};

[[gnu::noinline]] int look() {
  return value;
}

int main() {
  std::thread other([] {
    const int first = look();
    const int second = look();
    const int third = look();
    const int fourth = look();
    const int fifth = look();
    const int sixth = look();
    value = 1 + first + second + third + fourth + fifth + sixth;
  });
  const int mine = value;
  other.join();
  assert(mine == 0);
  return 0;
}
