// Looks at a semaphore too early.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t permits;

void* give(void* unused) {
  sem_post(&permits);
  return unused;
}

int main(void) {
  sem_init(&permits, 0, 0);
  pthread_t other;
  pthread_create(&other, NULL, give, NULL);
  int count = 0;
  sem_getvalue(&permits, &count);
  pthread_join(other, NULL);
  assert(count == 1);
  sem_destroy(&permits);
  return 0;
}
