// A descriptor is closed by a thread that comes after the reading.
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

int file;

void* finish(void* unused) {
  close(file);
  return unused;
}

int main(void) {
  file = open("/dev/zero", O_RDONLY);
  pthread_t other;
  char byte = 1;
  assert(read(file, &byte, 1) == 1);
  pthread_create(&other, NULL, finish, NULL);
  pthread_join(other, NULL);
  return 0;
}
