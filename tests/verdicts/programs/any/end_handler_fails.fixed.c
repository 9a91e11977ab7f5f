// Correct: what runs at exit looks at the status, and the thread is done by then.
// Fails: never.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

atomic_int rounds = 0;

static void look(int status, void* counter) {
  if (status == 0 && atomic_load((atomic_int*)counter) < 2) _exit(7);
}

static void* go_round(void* unused) {
  atomic_fetch_add(&rounds, 1);
  atomic_fetch_add(&rounds, 1);
  return unused;
}

int main(void) {
  pthread_t thread;
  on_exit(look, &rounds);
  pthread_create(&thread, NULL, go_round, NULL);
  pthread_join(thread, NULL);
  return 0;
}
