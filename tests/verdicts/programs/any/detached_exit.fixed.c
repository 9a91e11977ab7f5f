// Correct: the threads are created joinable, as the attributes say, and joined.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

atomic_int finished = 0;

static void* work(void* unused) {
  atomic_fetch_add(&finished, 1);
  return unused;
}

int main(void) {
  pthread_attr_t attributes;
  int state = -1;
  size_t size = 0;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_attr_getdetachstate(&attributes, &state);
  pthread_attr_getstacksize(&attributes, &size);
  assert(state == PTHREAD_CREATE_JOINABLE && size == 1 << 20);
  pthread_t first, second;
  pthread_create(&first, &attributes, work, NULL);
  pthread_create(&second, &attributes, work, NULL);
  pthread_attr_destroy(&attributes);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return atomic_load(&finished) == 2 ? 0 : 1;
}
