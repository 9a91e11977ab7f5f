// Two descriptors of one file: it is read when the other thread has written.
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

int writing;

void* put(void* unused) {
  assert(write(writing, "x", 1) == 1);
  return unused;
}

int main(void) {
  char name[] = "/tmp/heddle_test_XXXXXX";
  writing = mkstemp(name);
  const int reading = open(name, O_RDONLY);
  unlink(name);
  pthread_t other;
  pthread_create(&other, NULL, put, NULL);
  pthread_join(other, NULL);
  char byte = 0;
  assert(read(reading, &byte, 1) == 1);
  return 0;
}
