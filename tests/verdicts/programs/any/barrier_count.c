// Bug: the barrier waits for three threads, counting main, which never comes.
// Fails: in every interleaving: both threads wait at the barrier, and main for their end.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_barrier_t phase_end;

static void* work(void* unused) {
  pthread_barrier_wait(&phase_end);
  return unused;
}

int main(void) {
  pthread_barrier_init(&phase_end, NULL, 3);
  pthread_t first, second;
  pthread_create(&first, NULL, work, NULL);
  pthread_create(&second, NULL, work, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_barrier_destroy(&phase_end);
  return 0;
}
