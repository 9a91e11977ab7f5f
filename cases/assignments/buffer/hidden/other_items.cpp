// The test with other numbers, and as many producers as consumers.
#include <cassert>
#include <thread>

#include "buffer.h"

int main() {
  Buffer buffer;
  int got[2] = {};
  std::thread left([&] { buffer.put(30); });
  std::thread right([&] { buffer.put(7); });
  std::thread consumer([&] {
    got[0] = buffer.take();
    got[1] = buffer.take();
  });
  left.join();
  right.join();
  consumer.join();
  assert(got[0] + got[1] == 37);
  assert(got[0] == 30 || got[0] == 7);
  return 0;
}
