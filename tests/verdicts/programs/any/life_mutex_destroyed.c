// Bug: a thread destroys the mutex, and another one may not have come to use it.
// Fails: if it comes after that: nothing orders the two.
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* use(void* unused) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* end(void* unused) {
  pthread_mutex_destroy(&mutex);
  return unused;
}

int main(void) {
  pthread_t user, ender;
  pthread_create(&user, NULL, use, NULL);
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(user, NULL);
  pthread_join(ender, NULL);
  return 0;
}
