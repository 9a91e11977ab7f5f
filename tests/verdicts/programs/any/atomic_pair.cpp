// Bug: each half of the pair is atomic, the pair is not.
// Fails: if the reader reads between the two stores, or the stores fall between its two reads.
#include <atomic>
#include <cassert>
#include <thread>

struct Range {
  std::atomic<long> low{0};
  std::atomic<long> high{0};
};

Range range;

int main() {
  std::thread writer([] {
    range.low = 10;
    range.high = 10;
  });
  std::thread reader([] {
    const long low = range.low;
    const long high = range.high;
    assert(low == high);
  });
  writer.join();
  reader.join();
  return 0;
}
