// Destroying a barrier waits for those who have yet to leave it.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

static pthread_barrier_t *barrier;

static void *meet(void *unused) {
  pthread_barrier_wait(barrier);
  return unused;
}

int main(void) {
  pthread_t other;
  barrier = malloc(sizeof *barrier);
  pthread_barrier_init(barrier, NULL, 2);
  pthread_create(&other, NULL, meet, NULL);
  pthread_barrier_wait(barrier);
  pthread_barrier_destroy(barrier);
  free(barrier);
  pthread_join(other, NULL);
  return 0;
}
