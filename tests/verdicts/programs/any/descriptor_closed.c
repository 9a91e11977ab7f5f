// One thread closes a descriptor that the other reads from.
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
  pthread_create(&other, NULL, finish, NULL);
  char byte = 1;
  assert(read(file, &byte, 1) == 1);
  pthread_join(other, NULL);
  return 0;
}
