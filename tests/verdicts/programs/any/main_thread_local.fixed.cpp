// Each thread has its own variable, as it is at the beginning: main's too, in each run.
#include <cassert>
#include <thread>

thread_local int own = 5;

void count() {
  assert(own == 5);
  ++own;
}

int main() {
  count();
  std::thread other(count);
  other.join();
  assert(own == 6);
}
