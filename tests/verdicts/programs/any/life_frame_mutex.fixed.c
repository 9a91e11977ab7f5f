// Correct: each call has a mutex in its frame, statically initialised, joins the thread that uses
//          it and destroys it; that of the next call is in the same place.
// Fails: never.
#include <pthread.h>

static void* use(void* argument) {
  pthread_mutex_t* mutex = argument;
  pthread_mutex_lock(mutex);
  pthread_mutex_unlock(mutex);
  return NULL;
}

__attribute__((noinline)) static void start_and_join(void) {
  pthread_t user;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_create(&user, NULL, use, &mutex);
  use(&mutex);
  pthread_join(user, NULL);
  pthread_mutex_destroy(&mutex);
}

int main(void) {
  start_and_join();
  start_and_join();
  return 0;
}
