// Correct: main writes the handles while it holds the mutex that the threads take before they read
//          them. Each thread is itself, and neither the other one nor main.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_t main_thread, workers[2];

static void* work(void* argument) {
  pthread_t* own = argument;
  pthread_t* other = own == &workers[0] ? &workers[1] : &workers[0];
  pthread_mutex_lock(&mutex);
  assert(pthread_equal(pthread_self(), *own));
  assert(!pthread_equal(pthread_self(), *other));
  assert(!pthread_equal(pthread_self(), main_thread));
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  main_thread = pthread_self();
  pthread_mutex_lock(&mutex);
  pthread_create(&workers[0], NULL, work, &workers[0]);
  pthread_create(&workers[1], NULL, work, &workers[1]);
  pthread_mutex_unlock(&mutex);
  pthread_join(workers[0], NULL);
  pthread_join(workers[1], NULL);
  return 0;
}
