// Correct: a barrier on the stack of a thread that waits at it, which is destroyed as soon as all
//          have come.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

static void* meet(void* argument) {
  pthread_barrier_wait(argument);
  return NULL;
}

__attribute__((noinline)) static pthread_t start(void) {
  pthread_t other;
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&other, NULL, meet, &barrier);
  pthread_barrier_wait(&barrier);
  pthread_barrier_destroy(&barrier);
  return other;
}

int main(void) {
  pthread_t other = start();
  pthread_join(other, NULL);
  return 0;
}
