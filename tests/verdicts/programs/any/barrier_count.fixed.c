// Correct: main is the barrier's third thread, in two rounds of the same barrier.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_barrier_t phase_end;
int request = 0;
int answers[2] = {0, 0};

static void* work(void* argument) {
  int* answer = argument;
  pthread_barrier_wait(&phase_end);
  *answer = request + 1;
  pthread_barrier_wait(&phase_end);
  return NULL;
}

int main(void) {
  pthread_barrier_init(&phase_end, NULL, 3);
  pthread_t first, second;
  pthread_create(&first, NULL, work, &answers[0]);
  pthread_create(&second, NULL, work, &answers[1]);
  request = 41;
  pthread_barrier_wait(&phase_end);
  pthread_barrier_wait(&phase_end);
  assert(answers[0] == 42 && answers[1] == 42);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_barrier_destroy(&phase_end);
  return 0;
}
