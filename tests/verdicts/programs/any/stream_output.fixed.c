// Correct: each thread writes to a file of its own; and to standard output, which is not read back.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* streams[2];

static void* write_letter(void* argument) {
  const long which = (long)argument;
  fputc('a' + (int)which, streams[which]);
  printf("written by %ld\n", which);
  return NULL;
}

int main(void) {
  for (int i = 0; i < 2; ++i) streams[i] = tmpfile();
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, write_letter, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  for (int i = 0; i < 2; ++i) {
    rewind(streams[i]);
    assert(fgetc(streams[i]) == 'a' + i);
  }
  return 0;
}
