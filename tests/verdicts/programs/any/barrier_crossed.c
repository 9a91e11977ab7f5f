// Bug: takes the addition to have come before whatever follows the barrier, which lets two threads
//      go at a time and has three.
// Fails: if the reader and the third thread are let go together, before the addition. (The reader
//        may have yet to go on when the next two are let go, and it knows nothing of those.)
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static pthread_barrier_t barrier;
static atomic_int total;

static void* add(void* argument) {
  atomic_fetch_add(&total, 1);
  pthread_barrier_wait(&barrier);
  return argument;
}

static void* look(void* argument) {
  const int last = pthread_barrier_wait(&barrier) != 0;
  assert(last || atomic_load(&total) == 1);
  return argument;
}

static void* come_twice(void* argument) {
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return argument;
}

int main(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t third;
  pthread_create(&third, NULL, come_twice, NULL);
  pthread_detach(third);
  pthread_t adder;
  pthread_create(&adder, NULL, add, NULL);
  pthread_t reader;
  pthread_create(&reader, NULL, look, NULL);
  pthread_join(adder, NULL);
  pthread_join(reader, NULL);
  _Exit(0);
}
