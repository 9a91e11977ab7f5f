// Neither needs the other.
#include <thread>

int right(int depth) {
  static int made = depth;
  return made;
}

int left(int depth) {
  static int made = depth;
  return made;
}

int main() {
  std::thread other(left, 1);
  right(1);
  other.join();
  return 0;
}
