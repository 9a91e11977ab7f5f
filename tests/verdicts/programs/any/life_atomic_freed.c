// Bug: a counter on the heap is freed as soon as it shows the first of the two additions of a
//      thread.
// Fails: if the second addition comes after that: it goes to freed memory.
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
  while (atomic_load(counter) == 0) sched_yield();
  free(counter);
  pthread_join(adder, NULL);
  return 0;
}
