/* What the process ends with is what the last word says, which is a handler's. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *end(void *unused) { return unused; }

static void all_is_well(void) { _exit(0); }

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, end, NULL);
  pthread_join(thread, NULL);
  atexit(all_is_well);
  return 7;
}
