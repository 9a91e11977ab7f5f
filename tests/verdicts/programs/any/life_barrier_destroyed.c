// Bug: a thread destroys the barrier, and another one may not have come to use it.
// Fails: if it comes after that: nothing orders the two.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

pthread_barrier_t barrier;

static void* use(void* unused) {
  pthread_barrier_wait(&barrier);
  return unused;
}

static void* end(void* unused) {
  pthread_barrier_destroy(&barrier);
  return unused;
}

int main(void) {
  pthread_t user, ender;
  pthread_barrier_init(&barrier, NULL, 1);
  pthread_create(&user, NULL, use, NULL);
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(user, NULL);
  pthread_join(ender, NULL);
  return 0;
}
