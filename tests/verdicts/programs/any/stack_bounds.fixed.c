// Correct: each thread asks where its own stack lies, and finds a variable of its own there.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int found = 0;

static void* look(void* unused) {
  char here = 0;
  void* begin = NULL;
  size_t size = 0;
  pthread_attr_t attributes;
  assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
  assert(pthread_attr_getstack(&attributes, &begin, &size) == 0);
  assert((char*)begin <= &here && &here < (char*)begin + size);
  pthread_attr_destroy(&attributes);
  pthread_mutex_lock(&mutex);
  ++found;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, look, NULL);
  pthread_create(&second, NULL, look, NULL);
  look(NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(found == 3);
  return 0;
}
