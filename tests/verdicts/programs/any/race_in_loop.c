// Bug: a progress bar is written in a loop, step by step, and read without a lock.
// Fails: whenever it is read: nothing orders that and the writes. The assertion fails if the reader
//        comes between two rounds of the loop.
#include <assert.h>
#include <pthread.h>

enum { rounds = 3 };
volatile int progress = 0;

static void* work(void* unused) {
  for (int i = 1; i <= rounds; ++i) progress = i;
  return unused;
}

static void* show(void* unused) {
  int shown = progress;
  assert(shown == 0 || shown == rounds);
  return unused;
}

int main(void) {
  pthread_t worker, display;
  pthread_create(&worker, NULL, work, NULL);
  pthread_create(&display, NULL, show, NULL);
  pthread_join(worker, NULL);
  pthread_join(display, NULL);
  return 0;
}
