// Bug: main frees the block without waiting for the thread that reads it.
// Fails: if main frees first; in the other order nothing orders the read and the free.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static void* read_it(void* argument) {
  const int* block = argument;
  assert(*block == 42);
  return NULL;
}

int main(void) {
  int* block = malloc(sizeof(int));
  *block = 42;
  pthread_t reader;
  pthread_create(&reader, NULL, read_it, block);
  free(block);
  pthread_join(reader, NULL);
  return 0;
}
