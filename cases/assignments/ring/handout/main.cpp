// The test. Do not change this file.
#include <cassert>
#include <thread>

#include "ring.h"

int main() {
  Ring ring;
  int put = 0;
  int sum = 0;
  int last = 0;
  std::thread producer([&] {
    for (int item = 1; item <= 3; ++item) {
      put += ring.put(item) ? item : 0;
    }
  });
  std::thread consumer([&] {
    for (int i = 0; i < 3; ++i) {
      int item = 0;
      if (ring.take(item)) {
        assert(item > last);
        last = item;
        sum += item;
      }
    }
  });
  producer.join();
  consumer.join();
  for (int item = 0; ring.take(item);) {
    assert(item > last);
    last = item;
    sum += item;
  }
  assert(put >= 3);
  assert(sum == put);
  return 0;
}
