// Correct: a mutex is set up by an assignment before there is another thread.
// Fails: never.
#include <pthread.h>

pthread_mutex_t mutex;
int value = 0;

static void* add_one(void* unused) {
  pthread_mutex_lock(&mutex);
  value += 1;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t adder;
  mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  pthread_create(&adder, NULL, add_one, NULL);
  add_one(NULL);
  pthread_join(adder, NULL);
  return 0;
}
