// The zeros that calloc() wrote are handed on by a store and a load that order them.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(int *) shared;

static void *make(void *unused) {
  (void)unused;
  atomic_store_explicit(&shared, calloc(4, sizeof(int)), memory_order_release);
  return NULL;
}

int main(void) {
  pthread_t maker;
  pthread_create(&maker, NULL, make, NULL);
  int *numbers = atomic_load_explicit(&shared, memory_order_acquire);
  if (numbers != NULL) assert(numbers[2] == 0);
  pthread_join(maker, NULL);
  free(shared);
  return 0;
}
