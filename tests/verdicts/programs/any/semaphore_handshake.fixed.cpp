// Correct: two semaphores of C++20 hand a value there and back. Each looks some times before it
// sleeps, and counts the looks.
#include <cassert>
#include <semaphore>
#include <thread>

std::binary_semaphore ready{0};
std::binary_semaphore taken{0};
int value = 0;

int main() {
  std::thread other([] {
    ready.acquire();
    ++value;
    taken.release();
  });
  value = 1;
  ready.release();
  taken.acquire();
  assert(value == 2);
  other.join();
  return 0;
}
