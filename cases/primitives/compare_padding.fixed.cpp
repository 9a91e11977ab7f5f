// Does:   Two threads claim a seat; the one whose compare-exchange comes first has it.
// Class:  primitives, difficulty 3 of 5
//
// Correct: compare_padding.cpp with members that leave no padding.
// Fails:   never.
// From:    see compare_padding.cpp.
#include <atomic>
#include <cassert>
#include <cstring>
#include <new>
#include <thread>

struct Seat {
  int row;
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
