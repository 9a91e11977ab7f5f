// Correct: the command line asks for help, and argp_parse() ends the process inside the C library.
// Fails: never; what runs at exit sees that the other thread has counted.
#define _GNU_SOURCE
#include <argp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int count;

static void look(int status, void* unused) {
  (void)unused;
  if (status != 0 || count != 1) _exit(1);
}

static void* add(void* unused) {
  atomic_fetch_add(&count, 1);
  return unused;
}

int main(void) {
  static const struct argp nothing = {0};
  char name[] = "program";
  char usage[] = "--usage";
  char* arguments[] = {name, usage, NULL};
  pthread_t other;
  on_exit(look, NULL);
  pthread_create(&other, NULL, add, NULL);
  pthread_join(other, NULL);
  argp_parse(&nothing, 2, arguments, 0, NULL, NULL);
  return 5;
}
