// Correct: both halves are one atomic object of 16 bytes, which is read and replaced as a whole.
// Fails: never. Needs libatomic.
#include <atomic>
#include <cassert>
#include <thread>

struct Range {
  long low = 0;
  long high = 0;
};

std::atomic<Range> range{Range{}};

void widen() {
  Range old = range.load();
  Range wider;
  do {
    assert(old.low == -old.high);
    wider = Range{old.low - 1, old.high + 1};
  } while (!range.compare_exchange_weak(old, wider));
}

int main() {
  std::thread first(widen);
  std::thread second(widen);
  first.join();
  second.join();
  const Range result = range.load();
  assert(result.low == -2 && result.high == 2);
  return 0;
}
