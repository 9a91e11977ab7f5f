// The working directory is that of all threads.
#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

void* move(void* unused) {
  assert(chdir("/dev") == 0);
  return unused;
}

int main(void) {
  assert(chdir("/") == 0);
  pthread_t other;
  char folder[64];
  pthread_create(&other, NULL, move, NULL);
  assert(getcwd(folder, sizeof folder) != NULL);
  pthread_join(other, NULL);
  assert(strcmp(folder, "/") == 0);
  return 0;
}
