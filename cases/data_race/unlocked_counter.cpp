// Does:   Two threads add one each to a counter, which then is two.
// Class:  data_race, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    two threads increment a plain int without a lock, so one increment can get lost.
// Fails:  if one thread writes between the other's read and write; the data race is there in every
//         run. Fixed in mutex_counter.cpp.
// From:   the first example of every course on threads.
// Found:  stress the assertion, seldom; tsan and fuzz the race and the assertion; relacy the race,
//         at which it stops.
#include <cassert>
#include <thread>

int counter = 0;

void increment() {
  ++counter;
}

int main() {
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
