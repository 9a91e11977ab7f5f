// Correct: threads run on stacks that the program has made, in an array and on the heap, one after
// the other and at once, and find their own variables and their attributes there.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#define SIZE ((size_t)1 << 20)

static _Alignas(4096) char room[SIZE];
static atomic_int done = 0;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int sum = 0;

static void add(int* number) {
  pthread_mutex_lock(&mutex);
  sum += *number;
  pthread_mutex_unlock(&mutex);
}

static void* look(void* begin) {
  int here = 1;
  void* told = NULL;
  size_t size = 0;
  pthread_attr_t attributes;
  assert((char*)begin <= (char*)&here && (char*)&here < (char*)begin + SIZE);
  assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
  assert(pthread_attr_getstack(&attributes, &told, &size) == 0);
  assert((char*)told <= (char*)&here && (char*)&here < (char*)told + size);
  pthread_attr_destroy(&attributes);
  add(&here);
  atomic_fetch_add(&done, 1);
  if (begin != room) return begin;
  pthread_exit(begin);
}

static pthread_t start(void* stack) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  assert(pthread_attr_setstack(&attributes, stack, SIZE) == 0);
  assert(pthread_create(&thread, &attributes, look, stack) == 0);
  pthread_attr_destroy(&attributes);
  return thread;
}

int main(void) {
  void* result = NULL;
  void* heap = aligned_alloc(4096, SIZE);
  pthread_t first = start(heap);
  pthread_t second = start(room);
  pthread_join(first, &result);
  assert(result == heap);
  free(heap);
  pthread_join(second, &result);
  assert(result == room);
  pthread_join(start(room), NULL);
  assert(sum == 3 && done == 3);
  return 0;
}
