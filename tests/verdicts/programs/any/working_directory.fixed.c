// Asks for the working directory before another thread changes it.
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
  assert(getcwd(folder, sizeof folder) != NULL);
  pthread_create(&other, NULL, move, NULL);
  pthread_join(other, NULL);
  assert(strcmp(folder, "/") == 0);
  return 0;
}
