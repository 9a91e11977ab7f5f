// Correct: the read lock is given back before the write lock is taken, and the cache looked at
//          again since somebody may have filled it in between.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int cache = 0;
int fillings = 0;

static void* look_up(void* unused) {
  pthread_rwlock_rdlock(&lock);
  int found = cache;
  pthread_rwlock_unlock(&lock);
  if (found != 0) return unused;
  pthread_rwlock_wrlock(&lock);
  if (cache == 0) {
    cache = 42;
    ++fillings;
  }
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, look_up, NULL);
  pthread_create(&second, NULL, look_up, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(cache == 42 && fillings == 1);
  return 0;
}
