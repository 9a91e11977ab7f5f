// Does:   Two workers tick off different jobs in a list of booleans.
// Class:  primitives, difficulty 2 of 5
//
// Correct: vector_bool.cpp with a byte for each job.
// Fails:   never.
// From:    see vector_bool.cpp.
#include <cassert>
#include <thread>
#include <vector>

std::vector<char> done(2);

void work(int job) {
  done[job] = true;
}

int main() {
  std::thread first(work, 0);
  std::thread second(work, 1);
  first.join();
  second.join();
  assert(done[0] && done[1]);
  return 0;
}
