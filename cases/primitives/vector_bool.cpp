// Does:   Two workers tick off different jobs in a list of booleans.
// Class:  primitives, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the elements of std::vector<bool> are bits of one word: ticking one off reads and writes
//         the others.
// Fails:  if one thread writes the word back between the other's read and write of it.
// From:   [container.requirements.dataraces] in the C++ standard, which makes an exception for
//         vector<bool>.
// Found:  stress the failed assertion, seldom; tsan the data race; fuzz the failed assertion and
//         the data race; relacy the data race.
#include <cassert>
#include <thread>
#include <vector>

std::vector<bool> done(2);

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
