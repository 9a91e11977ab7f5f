// Correct: the mutex that a thread has destroyed is initialised anew before it is locked.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int number = 0;

static void* end(void* unused) {
  pthread_mutex_destroy(&mutex);
  return unused;
}

static void* add(void* unused) {
  pthread_mutex_lock(&mutex);
  ++number;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t ender, adder;
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(ender, NULL);
  pthread_mutex_init(&mutex, NULL);
  pthread_create(&adder, NULL, add, NULL);
  add(NULL);
  pthread_join(adder, NULL);
  assert(number == 2);
  return 0;
}
