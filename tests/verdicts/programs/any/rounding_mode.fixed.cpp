// It puts the mode back.
#include <atomic>
#include <cassert>
#include <cfenv>
#include <thread>

std::atomic<bool> done{false};

int main() {
  std::thread other([] { done = true; });
  while (!done) std::fesetround(FE_UPWARD);
  std::fesetround(FE_TONEAREST);
  const int mode = std::fegetround();
  other.join();
  assert(mode == FE_TONEAREST);
  return 0;
}
