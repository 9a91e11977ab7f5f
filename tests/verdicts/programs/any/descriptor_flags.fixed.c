// Correct: main asks for the flags of a descriptor before a thread sets them.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>

static int file;

static void* set(void* unused) {
  fcntl(file, F_SETFD, FD_CLOEXEC);
  return unused;
}

int main(void) {
  pthread_t setter;
  file = open("/dev/null", O_RDONLY);
  const int flags = fcntl(file, F_GETFD);
  pthread_create(&setter, NULL, set, NULL);
  pthread_join(setter, NULL);
  assert(flags == 0);
  return 0;
}
