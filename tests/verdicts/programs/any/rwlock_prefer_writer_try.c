// Bug: a thread that holds a read lock expects to get a second one without waiting, and the lock
//      prefers writers to readers, also to those that hold it.
// Fails: if a writer has come to wait between the two.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static void* write_lock(void* unused) {
  pthread_rwlock_wrlock(&lock);
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t writer;
  pthread_create(&writer, NULL, write_lock, NULL);
  pthread_rwlock_rdlock(&lock);
  int error = pthread_rwlock_tryrdlock(&lock);
  assert(error == 0);
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_join(writer, NULL);
  return 0;
}
