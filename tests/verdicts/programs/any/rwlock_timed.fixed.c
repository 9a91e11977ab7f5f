// Correct: the writer unlocks only what it got.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* write_once(void* argument) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_nsec += 1000000;
  if (deadline.tv_nsec >= 1000000000) {
    deadline.tv_sec += 1;
    deadline.tv_nsec -= 1000000000;
  }
  const int taken = pthread_rwlock_timedwrlock(&lock, &deadline);
  if (taken == 0) pthread_rwlock_unlock(&lock);
  return argument;
}

static void* read_once(void* argument) {
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_unlock(&lock);
  return argument;
}

int main(void) {
  pthread_t writer;
  pthread_t reader;
  pthread_create(&writer, 0, write_once, 0);
  pthread_create(&reader, 0, read_once, 0);
  pthread_join(writer, 0);
  pthread_join(reader, 0);
  return 0;
}
