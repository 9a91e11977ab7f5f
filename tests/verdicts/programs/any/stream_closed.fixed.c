// A stream is closed when nobody writes to it any more.
#include <pthread.h>
#include <stdio.h>

FILE* stream;

void* put(void* unused) {
  fputs("text", stream);
  return unused;
}

int main(void) {
  stream = fopen("/dev/null", "w");
  pthread_t other;
  pthread_create(&other, NULL, put, NULL);
  pthread_join(other, NULL);
  fclose(stream);
  return 0;
}
