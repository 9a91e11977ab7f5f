// Does:   Two threads claim a seat; the one whose compare-exchange comes first has it.
// Class:  primitives, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    compare_exchange compares bytes. The struct has three bytes of padding, and in the
//         expected value they are not what they are in the atomic: nobody gets the seat.
// Fails:  in every run in which the padding differs, as here, where it is made to.
// From:   [atomics.types.operations] in the C++ standard, which warns of padding bits; C++20 leaves
//         them out of the comparison.
// Found:  stress the failed assertion, in every run; tsan as stress; fuzz the failed assertion;
//         relacy the failed assertion.
#include <atomic>
#include <cassert>
#include <cstring>
#include <new>
#include <thread>

struct Seat {
  char row;
  int owner;
};

std::atomic<Seat> seat{Seat{'A', 0}};
std::atomic<int> claimed{0};

void claim(int person) {
  Seat expected;
  std::memset(&expected, 0xff, sizeof expected);  // as a used stack may leave it
  expected.row = 'A';
  expected.owner = 0;
  Seat mine = expected;
  mine.owner = person;
  if (seat.compare_exchange_strong(expected, mine)) {
    ++claimed;
  }
}

int main() {
  std::thread first(claim, 1);
  std::thread second(claim, 2);
  first.join();
  second.join();
  assert(claimed == 1);
  return 0;
}
