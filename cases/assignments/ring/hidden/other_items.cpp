// The test with other numbers, and the ring's room told apart.
#include <cassert>
#include <thread>

#include "ring.h"

int main() {
  Ring ring;
  int item = 0;
  assert(!ring.take(item));
  assert(ring.put(40) && ring.put(50) && !ring.put(60));
  assert(ring.take(item) && item == 40);
  bool put = false;
  std::thread producer([&] { put = ring.put(70); });
  int taken[2] = {};
  std::thread consumer([&] {
    for (int& place : taken) {
      ring.take(place);
    }
  });
  producer.join();
  consumer.join();
  assert(put);
  assert(taken[0] == 50);
  assert(taken[1] == 70 || taken[1] == 0);
  if (taken[1] == 0) {
    assert(ring.take(item) && item == 70);
  }
  assert(!ring.take(item));
  return 0;
}
