// Bug: getc_unlocked() is for those who have the stream's lock, and neither thread takes it.
// Fails: in every interleaving by the race on the stream; the pairs come apart if one thread reads
//        between the other's two characters.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* stream;

static void* read_pair(void* unused) {
  const int letter = getc_unlocked(stream);
  const int digit = getc_unlocked(stream);
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
