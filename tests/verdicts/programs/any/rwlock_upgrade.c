// Bug: a thread asks for the write lock while it holds a read lock, which it will not give back
//      before it has the other.
// Fails: in every interleaving in which a thread finds the cache empty: it waits for itself. Two
//        threads that do it also wait for each other.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int cache = 0;

static void* look_up(void* unused) {
  pthread_rwlock_rdlock(&lock);
  if (cache == 0) {
    pthread_rwlock_wrlock(&lock);
    cache = 42;
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
  assert(cache == 42);
  return 0;
}
