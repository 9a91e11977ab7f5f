// Bug: fgetc() locks the stream for one character, and two threads each want two that belong
//      together.
// Fails: if the second thread reads between the first one's two characters.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* stream;

static void* read_pair(void* unused) {
  const int letter = fgetc(stream);
  const int digit = fgetc(stream);
  assert(digit - '1' == letter - 'a');
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
