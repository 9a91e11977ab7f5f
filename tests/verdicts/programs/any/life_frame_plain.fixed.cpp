// Correct: the function whose frame holds the result waits until the detached thread has stored it.
// Fails: never.
#include <semaphore.h>

#include <cassert>
#include <thread>

sem_t stored;

__attribute__((noinline)) int order() {
  int result = 0;
  std::thread([&result] {
    result = 7;
    sem_post(&stored);
  }).detach();
  sem_wait(&stored);
  return result;
}

__attribute__((noinline)) int count() {
  volatile int seen[64] = {};
  int sum = 0;
  for (const int number : seen) sum += number;
  return sum;
}

int main() {
  sem_init(&stored, 0, 0);
  assert(order() == 7);
  assert(count() == 0);
  return 0;
}
