// Gives a permit back if there is none: another thread does so too, between the count and the post.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t permits;

void* refill(void* unused) {
  int count = 0;
  sem_getvalue(&permits, &count);
  if (count == 0) sem_post(&permits);
  return unused;
}

int main(void) {
  sem_init(&permits, 0, 0);
  pthread_t first;
  pthread_t second;
  pthread_create(&first, NULL, refill, NULL);
  pthread_create(&second, NULL, refill, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  int count = 0;
  sem_getvalue(&permits, &count);
  assert(count == 1);
  sem_destroy(&permits);
  return 0;
}
