// Bug: threads that are created detached do the work, and main returns without waiting for them.
//      That ends the process, whatever they still had to do.
// Fails: if main counts before both threads have: exit status 1.
#include <pthread.h>
#include <stdatomic.h>

atomic_int finished = 0;

static void* work(void* unused) {
  atomic_fetch_add(&finished, 1);
  return unused;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t first, second;
  pthread_create(&first, &attributes, work, NULL);
  pthread_create(&second, &attributes, work, NULL);
  pthread_attr_destroy(&attributes);
  return atomic_load(&finished) == 2 ? 0 : 1;
}
