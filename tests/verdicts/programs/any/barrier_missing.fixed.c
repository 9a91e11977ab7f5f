// Correct: barrier_missing.c with a barrier between the phases, which tells just one of the threads
//          that it is the one.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

pthread_barrier_t phase_end;
int parts[2] = {0, 0};
int sums[2] = {0, 0};
atomic_int chosen = 0;

static void* work(void* argument) {
  int* part = argument;
  *part = 21;
  int status = pthread_barrier_wait(&phase_end);
  assert(status == 0 || status == PTHREAD_BARRIER_SERIAL_THREAD);
  if (status == PTHREAD_BARRIER_SERIAL_THREAD) atomic_fetch_add(&chosen, 1);
  sums[part - parts] = parts[0] + parts[1];
  return NULL;
}

int main(void) {
  pthread_barrier_init(&phase_end, NULL, 2);
  pthread_t first, second;
  pthread_create(&first, NULL, work, &parts[0]);
  pthread_create(&second, NULL, work, &parts[1]);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(sums[0] == 42 && sums[1] == 42);
  assert(atomic_load(&chosen) == 1);
  pthread_barrier_destroy(&phase_end);
  return 0;
}
