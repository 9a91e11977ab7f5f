// Bug: a thread destroys the read-write lock, and another one may not have come to use it.
// Fails: if it comes after that: nothing orders the two.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* use(void* unused) {
  pthread_rwlock_wrlock(&lock);
  pthread_rwlock_unlock(&lock);
  return unused;
}

static void* end(void* unused) {
  pthread_rwlock_destroy(&lock);
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
