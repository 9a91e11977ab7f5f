// Reads what main wrote when main's thread has ended.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

int written;
pthread_t main_thread;

void* read_behind(void* unused) {
  (void)unused;
  pthread_join(main_thread, NULL);
  assert(written == 4);
  exit(0);
}

int main(void) {
  main_thread = pthread_self();
  pthread_t reader;
  pthread_create(&reader, NULL, read_behind, NULL);
  written = 4;
  pthread_exit(NULL);
}
