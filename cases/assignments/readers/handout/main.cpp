// The test. Do not change this file.
#include <cassert>
#include <thread>

#include "board.h"

int look(const int& number) {
  return number;
}

int main() {
  Board board;
  bool equal[2] = {};
  std::thread writer([&] { board.write(1); });
  std::thread first([&] { equal[0] = board.read(); });
  std::thread second([&] { equal[1] = board.read(); });
  writer.join();
  first.join();
  second.join();
  assert(equal[0] && equal[1]);
  return 0;
}
