// The test. Do not change this file.
#include <cassert>
#include <thread>

#include "buffer.h"

int main() {
  Buffer buffer;
  int got[2] = {};
  std::thread producer([&] {
    buffer.put(1);
    buffer.put(2);
  });
  std::thread first([&] { got[0] = buffer.take(); });
  std::thread second([&] { got[1] = buffer.take(); });
  producer.join();
  first.join();
  second.join();
  assert(got[0] + got[1] == 3);
  assert(got[0] != 0 && got[1] != 0);
  return 0;
}
