// Bug: two threads count without a lock, and the last says what is wrong as it ends the process.
// Fails: if both read before either writes.
#define _GNU_SOURCE
#include <err.h>
#include <error.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int count;

static void* add(void* unused) {
  atomic_store(&count, atomic_load(&count) + 1);
  return unused;
}

int main(void) {
  pthread_t other;
  pthread_create(&other, NULL, add, NULL);
  add(NULL);
  pthread_join(other, NULL);
  if (count != 2) error(3, 0, "%s is %d", "count", count);
  error(0, 0, "%s is %d", "count", count);
  errx(0, "all is well");
}
