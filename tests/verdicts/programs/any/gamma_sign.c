// Bug: lgamma() leaves the sign in one variable for all threads.
// Fails: in every interleaving by the race on signgam; if the other thread asks before a thread
//        looks, it sees the wrong sign.
#define _GNU_SOURCE
#include <assert.h>
#include <math.h>
#include <pthread.h>

static volatile double points[2] = {0.5, -0.5};
static int signs[2];

static void* ask(void* argument) {
  const long which = (long)argument;
  const volatile double result = lgamma(points[which]);
  (void)result;
  signs[which] = signgam;
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(signs[0] == 1 && signs[1] == -1);
  return 0;
}
