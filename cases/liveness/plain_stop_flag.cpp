// Does:   A worker counts until it is told to stop.
// Class:  liveness, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the flag is a plain bool: nothing makes the store visible to the loop, and a compiler
//         that sees the whole loop may read the flag once and spin for ever.
// Fails:  by the data race, unless the worker comes last. Here the call of yield() keeps the
//         compiler from it.
// From:   Hans-J. Boehm, "How to Miscompile Programs with 'Benign' Data Races" (HotPar 2011).
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <thread>

bool stop = false;
int rounds = 0;

void work() {
  while (!stop) {
    ++rounds;
    std::this_thread::yield();
  }
}

int main() {
  std::thread worker(work);
  stop = true;
  worker.join();
  return 0;
}
