// Correct: the barrier is destroyed when the threads that use it have been joined.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

pthread_barrier_t barrier;

static void* use(void* unused) {
  pthread_barrier_wait(&barrier);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_barrier_init(&barrier, NULL, 1);
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_barrier_destroy(&barrier);
  return 0;
}
