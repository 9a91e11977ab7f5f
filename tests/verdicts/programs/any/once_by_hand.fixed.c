// Correct: pthread_once() runs the initialisation once, and returns to nobody before it is done.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

pthread_once_t once = PTHREAD_ONCE_INIT;
int initialisations = 0;

static void initialise(void) {
  ++initialisations;
}

static void* use(void* unused) {
  pthread_once(&once, initialise);
  assert(initialisations == 1);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_once(&once, initialise);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(initialisations == 1);
  return 0;
}
