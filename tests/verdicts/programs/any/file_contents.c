// Two descriptors of one file: what one thread writes by the first, the other may read by the second.
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
  char byte = 0;
  const ssize_t count = read(reading, &byte, 1);
  pthread_join(other, NULL);
  assert(count == 1);
  return 0;
}
