// Bug: the thread frees its buffer itself and leaves the key pointing to it, so the key's
//      destructor frees it again at the thread's end.
// Fails: in every interleaving.
#include <pthread.h>
#include <stdlib.h>

pthread_key_t buffer_key;

static void* work(void* unused) {
  int* buffer = malloc(sizeof(int));
  pthread_setspecific(buffer_key, buffer);
  *buffer = 42;
  free(buffer);
  return unused;
}

int main(void) {
  pthread_key_create(&buffer_key, free);
  pthread_t first, second;
  pthread_create(&first, NULL, work, NULL);
  pthread_create(&second, NULL, work, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
