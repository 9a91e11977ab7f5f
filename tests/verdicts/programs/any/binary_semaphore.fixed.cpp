// Correct: the first player has the ball at first. Each release happens before the acquire that it
//          lets through, so the plain counter has one user at a time.
// Fails: never.
#include <cassert>
#include <semaphore>
#include <thread>

std::binary_semaphore ping(1);
std::binary_semaphore pong(0);
int hits = 0;

void play(std::binary_semaphore& own, std::binary_semaphore& other) {
  for (int i = 0; i < 2; ++i) {
    own.acquire();
    ++hits;
    other.release();
  }
}

int main() {
  std::thread first([] { play(ping, pong); });
  std::thread second([] { play(pong, ping); });
  first.join();
  second.join();
  assert(hits == 4);
  return 0;
}
