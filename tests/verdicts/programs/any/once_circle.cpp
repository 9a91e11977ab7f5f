// Bug: two local statics that each need the other one.
// Fails: if each thread has begun one of them: both wait for ever.
#include <thread>

int left(int depth);

int right(int depth) {
  static int made = depth == 0 ? 1 : left(depth - 1);
  return made;
}

int left(int depth) {
  static int made = depth == 0 ? 1 : right(depth - 1);
  return made;
}

int main() {
  std::thread other(left, 1);
  right(1);
  other.join();
  return 0;
}
