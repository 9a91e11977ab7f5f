// Bug: an error-checking mutex refuses to be unlocked by a thread that does not hold it, and the
//      thread counts on having unlocked it.
// Fails: if main has the mutex, or nobody has, when the thread unlocks it: EPERM in every
//        interleaving, which the assertion shows.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex;

static void* unlock_for_main(void* unused) {
  int error = pthread_mutex_unlock(&mutex);
  assert(error == 0);
  return unused;
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&mutex, &attributes);
  pthread_t helper;
  pthread_create(&helper, NULL, unlock_for_main, NULL);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_join(helper, NULL);
  return 0;
}
