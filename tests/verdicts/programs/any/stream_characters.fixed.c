// Correct: a pair is read in one call, and who writes to a stream that nobody reads, asks nothing
//          of the others.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* stream;

static void* read_pair(void* unused) {
  char pair[3];
  assert(fgets(pair, sizeof pair, stream) == pair);
  assert(pair[1] - '1' == pair[0] - 'a');
  fprintf(stderr, "%s\n", pair);
  return unused;
}

int main(void) {
  stream = tmpfile();
  fputs("a1b2", stream);
  rewind(stream);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, read_pair, NULL);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
