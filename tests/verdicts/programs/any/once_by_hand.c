// Bug: a plain flag in place of pthread_once(). Two threads may find it unset, and one that finds
//      it set is not ordered after the initialisation.
// Fails: whenever both threads look at the flag; the assertion fails if both initialise.
#include <assert.h>
#include <pthread.h>

int initialised = 0;
int initialisations = 0;

static void* use(void* unused) {
  if (!initialised) {
    ++initialisations;
    initialised = 1;
  }
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(initialisations == 1);
  return 0;
}
