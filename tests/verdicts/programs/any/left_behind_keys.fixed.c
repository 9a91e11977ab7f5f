/* A hundred keys for values of threads, of which a process has 1024: no run may find those of the
   runs before it. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <threads.h>

static void *make(void *unused) {
  for (int i = 0; i < 50; ++i) {
    pthread_key_t key;
    tss_t other;
    assert(pthread_key_create(&key, NULL) == 0);
    assert(tss_create(&other, NULL) == thrd_success);
  }
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, make, NULL);
  pthread_join(thread, NULL);
  return 0;
}
