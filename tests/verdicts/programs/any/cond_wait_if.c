// Bug: `if` where `while` must stand: a wait may end without a signal, and between the signal and
//      the end of the wait another consumer may take the item.
// Fails: on a spurious wake-up, or if the second consumer takes the item before the first one,
//        which was woken for it, has the mutex again.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
int items = 0;

static void* consume(void* unused) {
  pthread_mutex_lock(&mutex);
  if (items == 0) pthread_cond_wait(&filled, &mutex);
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
  return 0;
}
