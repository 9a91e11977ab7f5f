// Correct: the counter on the heap is freed when it shows both additions of the thread.
// Fails: never.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

static void* add_twice(void* argument) {
  atomic_int* counter = argument;
  atomic_fetch_add(counter, 1);
  atomic_fetch_add(counter, 1);
  return NULL;
}

int main(void) {
  pthread_t adder;
  atomic_int* counter = calloc(1, sizeof *counter);
  pthread_create(&adder, NULL, add_twice, counter);
  while (atomic_load(counter) < 2) sched_yield();
  free(counter);
  pthread_join(adder, NULL);
  return 0;
}
