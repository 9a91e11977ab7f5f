// Bug: the smallest number so far is compared and replaced without a lock. Not optimised: what is
//      compared is read twice.
// Fails: the comparisons and the writes race. The assertion fails if one thread compares before the
//        other one writes, and writes after it.
#include <algorithm>
#include <cassert>
#include <thread>

int smallest = 9;

void offer(int number) {
  smallest = std::min(smallest, number);
}

int main() {
  std::thread first(offer, 5);
  std::thread second(offer, 3);
  first.join();
  second.join();
  assert(smallest == 3);
  return 0;
}
