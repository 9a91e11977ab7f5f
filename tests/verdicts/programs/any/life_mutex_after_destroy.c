// Bug: a mutex is locked that was destroyed by a thread that has ended since.
// Fails: always.
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* end(void* unused) {
  pthread_mutex_destroy(&mutex);
  return unused;
}

int main(void) {
  pthread_t ender;
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(ender, NULL);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return 0;
}
