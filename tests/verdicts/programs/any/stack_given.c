// Bug: a thread on a stack that the program has made counts without a lock.
// Fails: if both read before either writes.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define SIZE ((size_t)1 << 20)

static _Alignas(4096) char room[SIZE];
static atomic_int count = 0;

static void* add(void* unused) {
  int here = atomic_load(&count);
  atomic_store(&count, here + 1);
  return unused;
}

static void* add_there(void* unused) {
  char here = 0;
  assert(&here >= room && &here < room + SIZE);
  return add(unused);
}

int main(void) {
  pthread_t other;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, room, SIZE);
  pthread_create(&other, &attributes, add_there, room);
  add(NULL);
  pthread_join(other, NULL);
  assert(count == 2);
  return 0;
}
