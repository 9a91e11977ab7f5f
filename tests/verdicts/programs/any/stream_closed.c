// A stream is closed while another thread may still write to it.
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
  fclose(stream);
  pthread_join(other, NULL);
  return 0;
}
