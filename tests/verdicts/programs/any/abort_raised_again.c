// Bug: two threads count without a lock.
// Fails: if both read before either writes; a handler of SIGABRT sees the assertion fail first, and
// lets the process die of the signal.
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int count;

static void die(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

static void* add(void* unused) {
  atomic_store(&count, atomic_load(&count) + 1);
  return unused;
}

int main(void) {
  pthread_t other;
  signal(SIGABRT, die);
  pthread_create(&other, NULL, add, NULL);
  add(NULL);
  pthread_join(other, NULL);
  assert(count == 2);
  return 0;
}
