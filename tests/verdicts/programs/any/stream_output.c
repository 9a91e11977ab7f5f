// Bug: both threads write to a stream that is read back, as if the first wrote first.
// Fails: if the second thread writes first.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static FILE* stream;

static void* write_letter(void* argument) {
  fputc('a' + (int)(long)argument, stream);
  return NULL;
}

int main(void) {
  stream = tmpfile();
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, write_letter, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  rewind(stream);
  assert(fgetc(stream) == 'a');
  assert(fgetc(stream) == 'b');
  return 0;
}
