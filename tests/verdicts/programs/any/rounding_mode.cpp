// Bug: leaves another rounding mode behind if it has to wait.
// Fails: if it does. Its loop changes nothing in memory and no register that a call keeps, and yet
//        does not come back to where it was.
#include <atomic>
#include <cassert>
#include <cfenv>
#include <thread>

std::atomic<bool> done{false};

int main() {
  std::thread other([] { done = true; });
  while (!done) std::fesetround(FE_UPWARD);
  const int mode = std::fegetround();
  other.join();
  assert(mode == FE_TONEAREST);
  return 0;
}
