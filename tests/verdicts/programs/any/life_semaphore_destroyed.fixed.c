// Correct: the semaphore is destroyed when the threads that use it have been joined.
// Fails: never.
#include <pthread.h>
#include <semaphore.h>

sem_t permits;

static void* use(void* unused) {
  sem_trywait(&permits);
  return unused;
}

int main(void) {
  pthread_t first, second;
  sem_init(&permits, 0, 1);
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  sem_destroy(&permits);
  return 0;
}
