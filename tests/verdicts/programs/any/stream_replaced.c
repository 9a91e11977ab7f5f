// Bug: a thread makes another stream standard output while main prints.
// Fails: in every interleaving by the race; if it comes first, what main prints is in that stream.
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
  printf("x");
  pthread_join(replacing, NULL);
  fflush(other);
  assert(text[0] == 0);
  return 0;
}
