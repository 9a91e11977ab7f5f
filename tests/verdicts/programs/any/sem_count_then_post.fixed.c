// As sem_count_then_post.c, with a mutex round the count and the post.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t permits;
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void* refill(void* unused) {
  int count = 0;
  pthread_mutex_lock(&lock);
  sem_getvalue(&permits, &count);
  if (count == 0) sem_post(&permits);
  pthread_mutex_unlock(&lock);
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
