// Who comes out of the barrier first makes it anew, and the other has yet to leave it.
#define _GNU_SOURCE
#include <pthread.h>

static pthread_barrier_t barrier;

static void *meet(void *unused) {
  pthread_barrier_wait(&barrier);
  return unused;
}

int main(void) {
  pthread_t other;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&other, NULL, meet, NULL);
  pthread_barrier_wait(&barrier);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_join(other, NULL);
  return 0;
}
