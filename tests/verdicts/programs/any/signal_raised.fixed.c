// Correct: main has sent itself the signal before a thread sets a handler.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t handled;

static void handle(int number) {
  (void)number;
  handled = 1;
}

static void* set(void* unused) {
  signal(SIGUSR1, handle);
  return unused;
}

int main(void) {
  pthread_t setter;
  signal(SIGUSR1, SIG_IGN);
  raise(SIGUSR1);
  pthread_create(&setter, NULL, set, NULL);
  pthread_join(setter, NULL);
  assert(!handled);
  return 0;
}
