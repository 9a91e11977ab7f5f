// Correct: a thread that waited in vain says so and does not touch the counter. An early timeout
//          changes which of the two numbers grows and not their sum.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int counter = 0;
atomic_int late = 0;

static void* increment(void* unused) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  int error = pthread_mutex_timedlock(&mutex, &until);
  if (error != 0) {
    assert(error == ETIMEDOUT);
    atomic_fetch_add(&late, 1);
    return unused;
  }
  ++counter;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, increment, NULL);
  pthread_create(&second, NULL, increment, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(counter + atomic_load(&late) == 2);
  return 0;
}
