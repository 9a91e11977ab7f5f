// Bug: the reader of a sequence lock looks at the number before it reads and not again afterwards.
// Fails: if the writer begins to write between the reader's two reads.
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
  if (sequence % 2 != 0) return;
  const int now = width;
  assert(now == height);
}

int main() {
  std::thread writer(write_both);
  std::thread reader(read_both);
  writer.join();
  reader.join();
  return 0;
}
