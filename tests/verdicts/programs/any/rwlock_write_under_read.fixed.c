// Correct: writers hold the write lock, the reader a read lock.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int hits = 0;
int hits_twice = 0;

static void* visit(void* unused) {
  pthread_rwlock_wrlock(&lock);
  ++hits;
  hits_twice += 2;
  pthread_rwlock_unlock(&lock);
  return unused;
}

static void* look(void* unused) {
  pthread_rwlock_rdlock(&lock);
  assert(hits_twice == 2 * hits);
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t first, second, reader;
  pthread_create(&first, NULL, visit, NULL);
  pthread_create(&reader, NULL, look, NULL);
  pthread_create(&second, NULL, visit, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_join(reader, NULL);
  assert(hits == 2);
  pthread_rwlock_destroy(&lock);
  return 0;
}
