// Bug: what pthread_mutex_trylock() returns is not looked at, so the lock may be another thread's.
// Fails: if the second thread tries while the first one holds the mutex: both then write the
//        counter at once, and the first unlock gives back a mutex that the other thread holds.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int counter = 0;

static void* increment(void* unused) {
  pthread_mutex_trylock(&mutex);
  ++counter;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, increment, NULL);
  pthread_create(&second, NULL, increment, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(counter == 2);
  return 0;
}
