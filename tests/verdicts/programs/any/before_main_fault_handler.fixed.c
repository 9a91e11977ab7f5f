// A constructor function has set the handler of a fault, and the fault ends the process well.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static void leave(int number) {
  (void)number;
  _exit(0);
}

__attribute__((constructor)) static void prepare(void) {
  signal(SIGSEGV, leave);
}

static void *touch(void *address) {
  *(volatile int *)address = 1;
  return NULL;
}

int main(void) {
  pthread_t toucher;
  pthread_create(&toucher, NULL, touch, NULL);
  pthread_join(toucher, NULL);
  return 1;
}
