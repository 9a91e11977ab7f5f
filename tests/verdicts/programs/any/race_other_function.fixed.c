// Correct: a job is announced and finished under the mutex under which it is looked at.
// Fails: never.
#include <assert.h>
#include <pthread.h>

enum { none, announced, finished };
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int job = none;

__attribute__((noinline)) static void announce(void) {
  job = announced;
}

__attribute__((noinline)) static void finish(void) {
  job = finished;
}

static void* work(void* unused) {
  pthread_mutex_lock(&mutex);
  announce();
  finish();
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* look(void* unused) {
  pthread_mutex_lock(&mutex);
  assert(job != announced);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t worker, looker;
  pthread_create(&worker, NULL, work, NULL);
  pthread_create(&looker, NULL, look, NULL);
  pthread_join(worker, NULL);
  pthread_join(looker, NULL);
  return 0;
}
