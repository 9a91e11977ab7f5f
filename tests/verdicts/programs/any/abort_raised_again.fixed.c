// Correct: two threads count by an atomic addition; a handler of SIGABRT is never called.
// Fails: never.
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
  atomic_fetch_add(&count, 1);
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
