// Bug: two threads read through copies of one descriptor, which share one position.
// Fails: if one thread moves the position between the other's move and its read.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int files[2];

static void* look(void* argument) {
  const long at = (long)argument;
  char letter = 0;
  lseek(files[at], at, SEEK_SET);
  assert(read(files[at], &letter, 1) == 1);
  assert(letter == 'a' + at);
  return NULL;
}

int main(void) {
  files[0] = fileno(tmpfile());
  assert(write(files[0], "abc", 3) == 3);
  files[1] = dup(files[0]);
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, look, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
