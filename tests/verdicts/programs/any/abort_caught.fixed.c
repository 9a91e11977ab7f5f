// Correct: a handler that ends the process well is set before main aborts.
// Fails: never.
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

static void end_well(int number) {
  (void)number;
  _Exit(0);
}

static void* set(void* unused) {
  signal(SIGABRT, end_well);
  return unused;
}

int main(void) {
  pthread_t setter;
  pthread_create(&setter, NULL, set, NULL);
  pthread_join(setter, NULL);
  abort();
}
