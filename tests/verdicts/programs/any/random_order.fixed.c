// Correct: each thread draws from numbers of its own. What both draw from rand() is not looked at
//          in an order.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static int drawn[2];
static int shared[2];

static void* draw(void* argument) {
  const long which = (long)argument;
  unsigned seed = 3;
  drawn[which] = rand_r(&seed);
  shared[which] = rand();
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, draw, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(drawn[0] == drawn[1]);
  assert(shared[0] != shared[1]);
  return 0;
}
