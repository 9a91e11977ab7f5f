// Correct: the reader reads again until the number is even and the same before and after. All
//          accesses are atomic and sequentially consistent, so equal numbers mean that no write
//          fell between the reads. There is one writer.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<unsigned> sequence{0};
std::atomic<int> width{1};
std::atomic<int> height{1};

void write_both() {
  ++sequence;
  width = 2;
  height = 2;
  ++sequence;
}

void read_both() {
  for (;;) {
    const unsigned before = sequence;
    const int found_width = width;
    const int found_height = height;
    if (before % 2 != 0 || sequence != before) continue;
    assert(found_width == found_height);
    return;
  }
}

int main() {
  std::thread writer(write_both);
  std::thread first(read_both);
  std::thread second(read_both);
  writer.join();
  first.join();
  second.join();
  return 0;
}
