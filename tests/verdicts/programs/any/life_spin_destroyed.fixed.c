// Correct: the spin lock is destroyed when the threads that use it have been joined.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

pthread_spinlock_t lock;

static void* use(void* unused) {
  pthread_spin_lock(&lock);
  pthread_spin_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_spin_destroy(&lock);
  return 0;
}
