// Each has its own.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> state{0};

int main() {
  std::thread other([] {
    int expected = 1;
    state.compare_exchange_strong(expected, 6);
  });
  int expected = 0;
  const bool mine = state.compare_exchange_strong(expected, 5);
  other.join();
  assert(mine && state == 5);
  return 0;
}
