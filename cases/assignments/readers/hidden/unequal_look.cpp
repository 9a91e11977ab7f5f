// The test with a look that finds another number each time: they are not equal then.
#include <atomic>
#include <cassert>
#include <thread>

#include "board.h"

namespace {
std::atomic<int> looks{0};
}

int look(const int& number) {
  return number + looks.fetch_add(1);
}

int main() {
  Board board;
  bool equal = true;
  std::thread writer([&] { board.write(5); });
  std::thread reader([&] { equal = board.read(); });
  writer.join();
  reader.join();
  assert(!equal);
  assert(looks == 2);
  return 0;
}
