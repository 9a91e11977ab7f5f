// Bug: a detached thread fills an array in the frame of a function that does not wait for it. The
//      next function has its own variables there.
// Fails: if the function has returned before the array is full.
#include <semaphore.h>

#include <cassert>
#include <thread>

sem_t filled;

__attribute__((noinline)) void order() {
  int items[16] = {};
  std::thread([&items] {
    for (int& item : items) item = 7;
    sem_post(&filled);
  }).detach();
}

__attribute__((noinline)) int count() {
  volatile int seen[64] = {};
  int sum = 0;
  for (const int number : seen) sum += number;
  return sum;
}

int main() {
  sem_init(&filled, 0, 0);
  order();
  const int sum = count();
  sem_wait(&filled);
  assert(sum == 0);
  return 0;
}
