// A constructor function has given main's thread a stack for signals.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static char memory[1 << 16];

__attribute__((constructor)) static void prepare(void) {
  const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
  sigaltstack(&stack, NULL);
}

static void *work(void *unused) {
  return unused;
}

int main(void) {
  stack_t stack;
  assert(sigaltstack(NULL, &stack) == 0 && stack.ss_sp == memory);
  pthread_t worker;
  pthread_create(&worker, NULL, work, NULL);
  pthread_join(worker, NULL);
  return 0;
}
