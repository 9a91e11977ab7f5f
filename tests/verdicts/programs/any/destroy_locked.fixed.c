// Correct: main locks and unlocks the mutex itself before it destroys it: the worker has then
//          unlocked it, and POSIX allows to destroy a mutex as soon as it is unlocked.
// Fails: never.
#include <assert.h>
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
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  int error = pthread_mutex_destroy(&mutex);
  assert(error == 0);
  pthread_join(worker, NULL);
  return 0;
}
