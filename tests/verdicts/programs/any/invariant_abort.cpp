// Bug: two threads check that nobody is inside and enter, in two steps; the program's own check of
//      its state ends it with abort().
// Fails: if both check before either enters.
#include <atomic>
#include <cstdlib>
#include <thread>

std::atomic<int> inside{0};

void enter() {
  while (inside != 0) std::this_thread::yield();
  if (++inside > 1) std::abort();
  --inside;
}

int main() {
  std::thread first(enter);
  std::thread second(enter);
  first.join();
  second.join();
  return 0;
}
