// Correct: each thread takes a read lock once, so the lock may prefer writers.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t lock;
int value = 0;

static void* write_value(void* unused) {
  pthread_rwlock_wrlock(&lock);
  value += 1;
  value += 1;
  pthread_rwlock_unlock(&lock);
  return unused;
}

static void* read_value(void* unused) {
  pthread_rwlock_rdlock(&lock);
  assert(value % 2 == 0);
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t writer, reader;
  pthread_rwlockattr_t kind;
  pthread_rwlockattr_init(&kind);
  pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&lock, &kind);
  pthread_create(&writer, NULL, write_value, NULL);
  pthread_create(&reader, NULL, read_value, NULL);
  read_value(NULL);
  pthread_join(writer, NULL);
  pthread_join(reader, NULL);
  return 0;
}
