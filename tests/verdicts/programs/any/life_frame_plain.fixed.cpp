// Correct: the function whose frame holds the array waits until the detached thread has filled it.
// Fails: never.
#include <semaphore.h>

#include <cassert>
#include <thread>

sem_t filled;

__attribute__((noinline)) int order() {
  int items[16] = {};
  std::thread([&items] {
    for (int& item : items) item = 7;
    sem_post(&filled);
  }).detach();
  sem_wait(&filled);
  int sum = 0;
  for (const int item : items) sum += item;
  return sum;
}

__attribute__((noinline)) int count() {
  volatile int seen[64] = {};
  int sum = 0;
  for (const int number : seen) sum += number;
  return sum;
}

int main() {
  sem_init(&filled, 0, 0);
  assert(order() == 16 * 7);
  assert(count() == 0);
  return 0;
}
