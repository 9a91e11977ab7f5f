// Does:   A writer replaces a pair of numbers; a reader tries again if they changed as it read.
// Class:  memory_order, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the numbers are plain, and the reader reads them while the writer writes. That it throws
//         away what it has read then does not make it less of a race.
// Fails:  by the data race, if the reader comes during the write. On x86-64 the numbers that it
//         keeps are right.
// From:   Hans-J. Boehm, "Can Seqlocks Get Along With Programming Language Memory Models?" (MSPC
//         2012).
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<unsigned> sequence{0};  // odd while the writer writes
int x = 0;
int y = 0;

void write(int value) {
  sequence.store(1);
  x = value;
  y = value;
  sequence.store(2);
}

void read() {
  unsigned before = 0;
  unsigned after = 0;
  int seen_x = 0;
  int seen_y = 0;
  do {
    before = sequence.load();
    seen_x = x;
    seen_y = y;
    after = sequence.load();
  } while (before % 2 != 0 || before != after);
  assert(seen_x == seen_y);
}

int main() {
  std::thread writer(write, 7);
  std::thread reader(read);
  writer.join();
  reader.join();
  return 0;
}
