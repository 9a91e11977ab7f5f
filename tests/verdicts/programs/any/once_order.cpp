// Bug: takes it for granted that its own argument is what the local static begins with.
// Fails: if the other thread comes first to the static. Whoever finds its guard set asks nobody, so
//        that a plain load of that guard is all that tells the two orders apart.
#include <cassert>
#include <thread>

int remembered(int value) {
  static int first = value;
  return first;
}

int main() {
  std::thread other(remembered, 2);
  const int mine = remembered(1);
  other.join();
  assert(mine == 1);
  return 0;
}
