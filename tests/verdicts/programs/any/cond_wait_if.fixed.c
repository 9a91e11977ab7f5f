// Correct: cond_wait_if.c with `while`. Each of the two signals follows an item of its own; a
//          consumer that waits when none is left finds the signal of the second item still to come.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
int items = 0;

static void* consume(void* unused) {
  pthread_mutex_lock(&mutex);
  while (items == 0) pthread_cond_wait(&filled, &mutex);
  assert(items > 0);
  --items;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, consume, NULL);
  pthread_create(&second, NULL, consume, NULL);
  for (int i = 0; i < 2; ++i) {
    pthread_mutex_lock(&mutex);
    ++items;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&mutex);
  }
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(items == 0);
  return 0;
}
