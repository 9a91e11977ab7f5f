// Bug: two threads increment a plain int without a lock, so one increment can get lost.
// Fails: if one thread writes between the other's read and write; the data race is there in every
//        run. Fixed in mutex_counter.cpp.
// From:  the first example of every course on threads.
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
