// Correct: each worker writes its result and then counts down; counting down happens before the
//          wait's return. A second latch starts the workers together.
// Fails: never.
#include <cassert>
#include <latch>
#include <thread>

std::latch start(3);
std::latch finished(2);
int results[2] = {0, 0};

void work(int number) {
  start.arrive_and_wait();
  results[number] = 1;
  finished.count_down();
}

int main() {
  std::thread first(work, 0);
  std::thread second(work, 1);
  start.arrive_and_wait();
  finished.wait();
  assert(results[0] + results[1] == 2);
  first.join();
  second.join();
  return 0;
}
