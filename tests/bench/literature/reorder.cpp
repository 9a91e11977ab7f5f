// Setters write a and then b; checkers assert to see both writes or neither.
// Fails: when a checker's two reads fall around or between the writes of the first setter.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.reorder.
// Usage: reorder SETTERS CHECKERS
#include <cassert>
#include <cstdlib>
#include <thread>
#include <vector>

int a = 0;
int b = 0;

void set() {
  a = 1;
  b = -1;
}

void check() {
  int seen_a = a;
  int seen_b = b;
  assert((seen_a == 0 && seen_b == 0) || (seen_a == 1 && seen_b == -1));
}

int main(int argc, char** argv) {
  int setters = argc > 1 ? std::atoi(argv[1]) : 2;
  int checkers = argc > 2 ? std::atoi(argv[2]) : 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < setters; ++i) threads.emplace_back(set);
  for (int i = 0; i < checkers; ++i) threads.emplace_back(check);
  for (std::thread& thread : threads) thread.join();
  return 0;
}
