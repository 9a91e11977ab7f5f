// Correct: tries and timed tries of a read-write lock, each of which may fail, and each of which
//          guards what it guards only if it did not.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int value = 0;

static void* write_it(void* written) {
  if (pthread_rwlock_trywrlock(&lock) != 0) return NULL;
  ++value;
  pthread_rwlock_unlock(&lock);
  return written;
}

static void* read_it(void* unused) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  int error = pthread_rwlock_timedrdlock(&lock, &until);
  if (error != 0) {
    assert(error == ETIMEDOUT);
    return unused;
  }
  assert(value == 0 || value == 1);
  if (pthread_rwlock_tryrdlock(&lock) == 0) pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t reader, writer;
  void* written = NULL;
  pthread_create(&reader, NULL, read_it, NULL);
  pthread_create(&writer, NULL, write_it, &value);
  pthread_join(reader, NULL);
  pthread_join(writer, &written);
  assert((written != NULL) == (value == 1));
  return 0;
}
