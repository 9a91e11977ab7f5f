// Looks for a file when the thread that makes it has ended.
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

char name[] = "/tmp/heddle_test_XXXXXX";

void* make(void* unused) {
  close(open(name, O_CREAT | O_WRONLY, 0600));
  return unused;
}

int main(void) {
  close(mkstemp(name));
  unlink(name);
  pthread_t other;
  pthread_create(&other, NULL, make, NULL);
  pthread_join(other, NULL);
  const int there = access(name, F_OK) == 0;
  unlink(name);
  assert(there);
  return 0;
}
