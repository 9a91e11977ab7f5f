// Bug: main destroys the mutex when the work is done, and the worker may not have unlocked it yet.
// Fails: if main sees the flag and destroys between the worker's setting it and its unlock.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
atomic_int finished = 0;

static void* work(void* unused) {
  pthread_mutex_lock(&mutex);
  atomic_store(&finished, 1);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t worker;
  pthread_create(&worker, NULL, work, NULL);
  while (!atomic_load(&finished)) sched_yield();
  pthread_mutex_destroy(&mutex);
  pthread_join(worker, NULL);
  return 0;
}
