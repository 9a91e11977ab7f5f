// Bug: rand() locks, but which number a thread gets depends on who comes first.
// Fails: if the second thread draws before the first.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static int drawn[2];

static void* draw(void* argument) {
  drawn[(long)argument] = rand();
  return NULL;
}

int main(void) {
  srand(3);
  const int expected = rand();
  srand(3);
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, draw, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(drawn[0] == expected);
  return 0;
}
