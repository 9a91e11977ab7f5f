// Correct: a second read lock is had at once from a lock that prefers readers, whether a writer
//          waits or not. With glibc that is the default, and what the writer's preference that
//          allows recursion comes to.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>

pthread_rwlock_t plain = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t recursive;

static void* write_lock(void* argument) {
  pthread_rwlock_wrlock(argument);
  pthread_rwlock_unlock(argument);
  return NULL;
}

static void read_twice(pthread_rwlock_t* lock) {
  pthread_t writer;
  pthread_create(&writer, NULL, write_lock, lock);
  pthread_rwlock_rdlock(lock);
  int error = pthread_rwlock_tryrdlock(lock);
  assert(error == 0);
  pthread_rwlock_rdlock(lock);
  pthread_rwlock_unlock(lock);
  pthread_rwlock_unlock(lock);
  pthread_rwlock_unlock(lock);
  pthread_join(writer, NULL);
}

int main(void) {
  pthread_rwlockattr_t kind;
  pthread_rwlockattr_init(&kind);
  pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NP);
  pthread_rwlock_init(&recursive, &kind);
  read_twice(&plain);
  read_twice(&recursive);
  return 0;
}
