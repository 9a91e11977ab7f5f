// Locks with a limit of time when no other thread can go on, and then waits with another: what an
// exhaustive search takes for the steps of that a replay must take too.
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <time.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
int done = 0;

void* work(void* unused) {
  pthread_mutex_lock(&mutex);
  done = 1;
  pthread_cond_signal(&ready);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t worker;
  pthread_create(&worker, NULL, work, NULL);
  struct timespec deadline;
  int error = 0;
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += 2;
  pthread_mutex_lock(&mutex);
  while (!done && error == 0) {
    error = pthread_cond_clockwait(&ready, &mutex, CLOCK_MONOTONIC, &deadline);
  }
  pthread_mutex_unlock(&mutex);
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 1;
  if (pthread_mutex_clocklock(&mutex, CLOCK_REALTIME, &deadline) == 0) {
    pthread_mutex_unlock(&mutex);
  }
  pthread_join(worker, NULL);
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  pthread_mutex_lock(&mutex);
  pthread_cond_clockwait(&ready, &mutex, CLOCK_MONOTONIC, &deadline);
  pthread_mutex_unlock(&mutex);
  return 0;
}
