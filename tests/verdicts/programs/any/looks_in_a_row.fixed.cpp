// It looks before there is another thread.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> value{0};

[[gnu::noinline]] int look() {
  return value;
}

int main() {
  const int mine = value;
  std::thread other([] {
    const int first = look();
    const int second = look();
    const int third = look();
    const int fourth = look();
    const int fifth = look();
    const int sixth = look();
    value = 1 + first + second + third + fourth + fifth + sixth;
  });
  other.join();
  assert(mine == 0);
  return 0;
}
