// Bug: a detached thread stores its result in the frame of a function that does not wait for it.
//      The next function has its own variables there.
// Fails: if the function has returned before the thread stores.
#include <semaphore.h>

#include <cassert>
#include <thread>

sem_t stored;

__attribute__((noinline)) void order() {
  int result = 0;
  std::thread([&result] {
    result = 7;
    sem_post(&stored);
  }).detach();
}

__attribute__((noinline)) int count() {
  volatile int seen[64] = {};
  int sum = 0;
  for (const int number : seen) sum += number;
  return sum;
}

int main() {
  sem_init(&stored, 0, 0);
  order();
  const int sum = count();
  sem_wait(&stored);
  assert(sum == 0);
  return 0;
}
