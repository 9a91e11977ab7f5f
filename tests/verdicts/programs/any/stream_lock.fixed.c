// Correct: each thread has the stream to itself until it has read its pair; one of them could do
//          without the lock of each call, and the other's is the same one.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* stream;

static void* read_pair(void* argument) {
  flockfile(stream);
  const int letter = argument == NULL ? getc_unlocked(stream) : fgetc(stream);
  const int digit = argument == NULL ? getc_unlocked(stream) : fgetc(stream);
  funlockfile(stream);
  assert(digit - '1' == letter - 'a');
  return NULL;
}

int main(void) {
  stream = tmpfile();
  fputs("a1b2c3", stream);
  rewind(stream);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) {
    pthread_create(&threads[i], NULL, read_pair, i == 0 ? NULL : &threads[i]);
  }
  char rest[3];
  assert(fgets(rest, sizeof rest, stream) != NULL);
  assert(rest[1] - '1' == rest[0] - 'a');
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
