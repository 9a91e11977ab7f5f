// Bug: a thread locks a mutex in the frame of a function that returns when it has held it itself.
// Fails: if the function has returned before the thread locks or unlocks.
#include <pthread.h>

static void* use(void* argument) {
  pthread_mutex_t* mutex = argument;
  pthread_mutex_lock(mutex);
  pthread_mutex_unlock(mutex);
  return NULL;
}

__attribute__((noinline)) static pthread_t start(void) {
  pthread_t user;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_create(&user, NULL, use, &mutex);
  use(&mutex);
  return user;
}

int main(void) {
  pthread_t user = start();
  pthread_join(user, NULL);
  return 0;
}
