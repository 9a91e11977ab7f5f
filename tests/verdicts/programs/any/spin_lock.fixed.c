// Correct: all accesses are made under the spin lock; the one who only tries for it looks at what
//          the try returned.
// Fails: never.
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
  if (pthread_spin_trylock(&lock) != 0) return unused;
  assert(width == height);
  pthread_spin_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_t first, second, reader;
  pthread_create(&first, NULL, grow, NULL);
  pthread_create(&second, NULL, grow, NULL);
  pthread_create(&reader, NULL, measure, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_join(reader, NULL);
  assert(width == 3 && height == 3);
  pthread_spin_destroy(&lock);
  return 0;
}
