// Correct: pread() says where it reads and moves nothing; and what was opened a second time has a
//          position of its own.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int file;

static void* look(void* argument) {
  const long at = (long)argument;
  char letter = 0;
  assert(pread(file, &letter, 1, at) == 1);
  assert(letter == 'a' + at);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const int own = open(name, O_RDONLY);
  assert(own >= 0);
  lseek(own, at, SEEK_SET);
  assert(read(own, &letter, 1) == 1);
  assert(letter == 'a' + at);
  return NULL;
}

int main(void) {
  file = fileno(tmpfile());
  assert(write(file, "abc", 3) == 3);
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, look, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
