// Bug: a semaphore in place of a mutex starts with two, so it lets both threads in.
// Fails: whenever both threads are in at once, or one after the other in the order in which neither
//        waits: nothing then orders their writes.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t free_places;
int counter = 0;

static void* increment(void* unused) {
  sem_wait(&free_places);
  ++counter;
  sem_post(&free_places);
  return unused;
}

int main(void) {
  sem_init(&free_places, 0, 2);
  pthread_t first, second;
  pthread_create(&first, NULL, increment, NULL);
  pthread_create(&second, NULL, increment, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(counter == 2);
  sem_destroy(&free_places);
  return 0;
}
