// Bug: takes ten looks, with a yield after each, to be enough.
// Fails: if the other thread does not go on in all that time. Relacy has it go on at a yield.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> done{false};

int main() {
  std::thread other([] { done = true; });
  bool seen = false;
  for (int look = 0; look < 10 && !seen; ++look) {
    seen = done;
    std::this_thread::yield();
  }
  other.join();
  assert(seen);
  return 0;
}
