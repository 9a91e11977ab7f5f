// Bug: the first worker counts the latch down before it has written its result.
// Fails: whenever main reads that result after the latch opens: nothing orders the two, and the
//        assertion fails if main is first.
#include <cassert>
#include <latch>
#include <thread>

std::latch finished(2);
int results[2] = {0, 0};

int main() {
  std::thread first([] {
    finished.count_down();
    results[0] = 1;
  });
  std::thread second([] {
    results[1] = 1;
    finished.count_down();
  });
  finished.wait();
  assert(results[0] + results[1] == 2);
  first.join();
  second.join();
  return 0;
}
