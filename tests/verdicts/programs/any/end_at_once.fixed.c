// Correct: the process ends at once and well, without waiting for the thread that is left.
// Fails: never.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

atomic_int rounds = 0;

static void* go_round(void* unused) {
  for (int i = 0; i < 3; ++i) atomic_fetch_add(&rounds, 1);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, go_round, NULL);
  if (atomic_load(&rounds) == 2) _exit(0);
  syscall(SYS_exit_group, 256);
  return 1;
}
