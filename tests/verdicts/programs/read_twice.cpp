// Reads twice under one read-write lock while another wants to write: a deadlock with a C library
// that lets writers go first, and none with glibc, whose locks prefer readers.
#include <pthread.h>

pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* write_once(void* unused) {
  pthread_rwlock_wrlock(&lock);
  pthread_rwlock_unlock(&lock);
  return unused;
}

int main() {
  pthread_t writer;
  pthread_create(&writer, nullptr, write_once, nullptr);
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_join(writer, nullptr);
  return 0;
}
