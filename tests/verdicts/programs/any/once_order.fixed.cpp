// The first one comes to the static before there is a second.
#include <cassert>
#include <thread>

int remembered(int value) {
  static int first = value;
  return first;
}

int main() {
  const int mine = remembered(1);
  std::thread other(remembered, 2);
  other.join();
  assert(mine == 1);
  return 0;
}
