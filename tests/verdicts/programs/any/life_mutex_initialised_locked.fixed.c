// Correct: the mutex is initialised before the thread is started that uses it.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex;
int number = 0;

static void* add(void* unused) {
  pthread_mutex_lock(&mutex);
  ++number;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t adder;
  pthread_mutex_init(&mutex, NULL);
  pthread_create(&adder, NULL, add, NULL);
  add(NULL);
  pthread_join(adder, NULL);
  pthread_mutex_destroy(&mutex);
  assert(number == 2);
  return 0;
}
