/* Main ends by pthread_exit(): who ends last ends the process, with what is registered for that. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *end(void *unused) { return unused; }

static void say_yes(void) { _exit(0); }

int main(void) {
  pthread_t thread;
  atexit(say_yes);
  pthread_create(&thread, NULL, end, NULL);
  pthread_detach(thread);
  pthread_exit(NULL);
}
