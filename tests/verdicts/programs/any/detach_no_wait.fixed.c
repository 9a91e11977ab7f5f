// Correct: the detached thread reports its result under a mutex, as the last thing that main needs
//          from it. Main may end the process while the thread still returns.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
int result = 0;

static void* compute(void* unused) {
  pthread_detach(pthread_self());
  pthread_mutex_lock(&mutex);
  result = 42;
  pthread_cond_signal(&finished);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t worker;
  pthread_create(&worker, NULL, compute, NULL);
  pthread_mutex_lock(&mutex);
  while (result == 0) pthread_cond_wait(&finished, &mutex);
  assert(result == 42);
  pthread_mutex_unlock(&mutex);
  return 0;
}
