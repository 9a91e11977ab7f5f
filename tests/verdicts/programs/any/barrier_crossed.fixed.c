// The barrier is for the two that it is to order.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static pthread_barrier_t barrier;
static atomic_int total;

static void* add(void* argument) {
  atomic_fetch_add(&total, 1);
  pthread_barrier_wait(&barrier);
  return argument;
}

static void* look(void* argument) {
  pthread_barrier_wait(&barrier);
  assert(atomic_load(&total) == 1);
  return argument;
}

int main(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t adder;
  pthread_create(&adder, NULL, add, NULL);
  pthread_t reader;
  pthread_create(&reader, NULL, look, NULL);
  pthread_join(adder, NULL);
  pthread_join(reader, NULL);
  return 0;
}
