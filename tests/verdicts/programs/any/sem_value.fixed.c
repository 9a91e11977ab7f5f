// Looks at a semaphore when all has been given.
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
  pthread_join(other, NULL);
  sem_getvalue(&permits, &count);
  assert(count == 1);
  sem_destroy(&permits);
  return 0;
}
