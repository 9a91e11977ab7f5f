// Correct: with lgamma_r() each thread has the sign to itself.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <math.h>
#include <pthread.h>

static volatile double points[2] = {0.5, -0.5};
static int signs[2];

static void* ask(void* argument) {
  const long which = (long)argument;
  const volatile double result = lgamma_r(points[which], &signs[which]);
  (void)result;
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(signs[0] == 1 && signs[1] == -1);
  return 0;
}
