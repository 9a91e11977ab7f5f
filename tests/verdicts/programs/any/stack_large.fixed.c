// Correct: a thread asks for a stack of 64 MiB, uses most of it, and finds a variable at its end
// where it is told that the stack lies.
// Fails: never.
#define _GNU_SOURCE
#include <alloca.h>
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

#define SIZE ((size_t)64 << 20)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count = 0;

static void* use(void* unused) {
  volatile char* room = alloca(SIZE / 8 * 7);
  for (size_t at = 0; at < SIZE / 8 * 7; at += (size_t)1 << 20) room[at] = 1;
  void* begin = NULL;
  size_t size = 0;
  pthread_attr_t attributes;
  assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
  assert(pthread_attr_getstack(&attributes, &begin, &size) == 0);
  assert((volatile char*)begin <= room && room < (volatile char*)begin + size);
  pthread_attr_destroy(&attributes);
  pthread_mutex_lock(&mutex);
  count += room[0];
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_t first;
  pthread_t second;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, SIZE);
  assert(pthread_create(&first, &attributes, use, NULL) == 0);
  assert(pthread_create(&second, &attributes, use, NULL) == 0);
  pthread_attr_destroy(&attributes);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(count == 2);
  return 0;
}
