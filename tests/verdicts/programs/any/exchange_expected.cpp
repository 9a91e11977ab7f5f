// Bug: what a compare-exchange expects is shared, and the call reads it (and writes it, if it
//      fails) like any variable.
// Fails: if the other thread has written it first.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> state{0};
int expected = 0;

int main() {
  std::thread other([] { expected = 1; });
  state.compare_exchange_strong(expected, 5);
  other.join();
  assert(state == 5);
  return 0;
}
