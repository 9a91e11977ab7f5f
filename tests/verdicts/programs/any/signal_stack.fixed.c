/* Main has no stack for signals but what it gives itself. */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static char memory[65536];

static void *end(void *unused) { return unused; }

int main(void) {
  pthread_t thread;
  stack_t old;
  pthread_create(&thread, NULL, end, NULL);
  pthread_join(thread, NULL);
  assert(sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE) != 0);
  const stack_t mine = {.ss_sp = memory, .ss_flags = 0, .ss_size = sizeof memory};
  assert(sigaltstack(&mine, &old) == 0 && (old.ss_flags & SS_DISABLE) != 0);
  assert(sigaltstack(NULL, &old) == 0 && old.ss_sp == memory);
  return 0;
}
