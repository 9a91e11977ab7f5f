// Bug: a thread takes a read lock twice, and the lock prefers writers to readers, also to readers
//      that hold it.
// Fails: if a writer has come to wait between the two: it waits for the first, and the second for
//        it.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock;
int value = 0;

static void* write_value(void* unused) {
  pthread_rwlock_wrlock(&lock);
  value = 1;
  pthread_rwlock_unlock(&lock);
  return unused;
}

static int read_value(void) {
  pthread_rwlock_rdlock(&lock);
  int result = value;
  pthread_rwlock_unlock(&lock);
  return result;
}

int main(void) {
  pthread_t writer;
  pthread_rwlockattr_t kind;
  pthread_rwlockattr_init(&kind);
  pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&lock, &kind);
  pthread_create(&writer, NULL, write_value, NULL);
  pthread_rwlock_rdlock(&lock);
  int before = value;
  assert(before == read_value());
  pthread_rwlock_unlock(&lock);
  pthread_join(writer, NULL);
  return 0;
}
