// Correct: main writes the handles while it holds the mutex that the threads take before they read
//          them. Each thread is itself, and neither the other one nor main.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_t main_thread, workers[2];

static void* work(void* argument) {
  int number = *(int*)argument;
  pthread_mutex_lock(&mutex);
  assert(pthread_equal(pthread_self(), workers[number]));
  assert(!pthread_equal(pthread_self(), workers[1 - number]));
  assert(!pthread_equal(pthread_self(), main_thread));
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  int numbers[2] = {0, 1};
  main_thread = pthread_self();
  pthread_mutex_lock(&mutex);
  pthread_create(&workers[0], NULL, work, &numbers[0]);
  pthread_create(&workers[1], NULL, work, &numbers[1]);
  pthread_mutex_unlock(&mutex);
  pthread_join(workers[0], NULL);
  pthread_join(workers[1], NULL);
  return 0;
}
