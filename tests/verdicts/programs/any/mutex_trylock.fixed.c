// Correct: who does not get the mutex at once counts itself as refused and touches nothing else.
//          POSIX lets a try fail only if somebody holds the mutex, so one of the two gets it.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int counter = 0;
atomic_int refused = 0;

static void* increment(void* unused) {
  if (pthread_mutex_trylock(&mutex) == 0) {
    ++counter;
    pthread_mutex_unlock(&mutex);
  } else {
    atomic_fetch_add(&refused, 1);
  }
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, increment, NULL);
  pthread_create(&second, NULL, increment, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(counter >= 1);
  assert(counter + atomic_load(&refused) == 2);
  return 0;
}
