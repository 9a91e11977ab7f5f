// Correct: main prints when the thread has made another stream standard output.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* other;

static void* replace(void* unused) {
  stdout = other;
  return unused;
}

int main(void) {
  pthread_t replacing;
  char text[16] = "";
  other = fmemopen(text, sizeof text, "w");
  pthread_create(&replacing, NULL, replace, NULL);
  pthread_join(replacing, NULL);
  printf("x");
  fflush(other);
  assert(text[0] == 'x');
  return 0;
}
