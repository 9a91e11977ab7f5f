// Bug: a thread destroys the semaphore, and another one may not have come to use it.
// Fails: if it comes after that: nothing orders the two.
#include <pthread.h>
#include <semaphore.h>

sem_t permits;

static void* use(void* unused) {
  sem_trywait(&permits);
  return unused;
}

static void* end(void* unused) {
  sem_destroy(&permits);
  return unused;
}

int main(void) {
  pthread_t user, ender;
  sem_init(&permits, 0, 1);
  pthread_create(&user, NULL, use, NULL);
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(user, NULL);
  pthread_join(ender, NULL);
  return 0;
}
