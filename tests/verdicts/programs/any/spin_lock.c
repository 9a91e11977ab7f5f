// Bug: the spin lock is taken to write and not to read.
// Fails: whenever the reader reads, since nothing orders its read and the writes; the assertion
//        fails if it reads between the two.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_spinlock_t lock;
int width = 1;
int height = 1;

static void* grow(void* unused) {
  pthread_spin_lock(&lock);
  ++width;
  ++height;
  pthread_spin_unlock(&lock);
  return unused;
}

static void* measure(void* unused) {
  int now = width;
  assert(now == height);
  return unused;
}

int main(void) {
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_t writer, reader;
  pthread_create(&writer, NULL, grow, NULL);
  pthread_create(&reader, NULL, measure, NULL);
  pthread_join(writer, NULL);
  pthread_join(reader, NULL);
  pthread_spin_destroy(&lock);
  return 0;
}
