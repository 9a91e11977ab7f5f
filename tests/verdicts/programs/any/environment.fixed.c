// Correct: the environment is changed before there are threads, which then only look.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void* look(void* unused) {
  assert(strcmp(getenv("HEDDLE_LEVEL"), "low") == 0);
  assert(getenv("HEDDLE_OTHER") == NULL);
  return unused;
}

int main(void) {
  setenv("HEDDLE_LEVEL", "low", 1);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, look, NULL);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  setenv("HEDDLE_LEVEL", "high", 1);
  setenv("HEDDLE_OTHER", "", 1);
  return 0;
}
