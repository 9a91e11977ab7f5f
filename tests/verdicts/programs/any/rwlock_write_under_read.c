// Bug: a read lock is held while the value is written. Read locks do not keep each other out.
// Fails: whenever both threads write, since nothing orders the two writes.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int hits = 0;

static void* visit(void* unused) {
  pthread_rwlock_rdlock(&lock);
  ++hits;
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, visit, NULL);
  pthread_create(&second, NULL, visit, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(hits == 2);
  return 0;
}
