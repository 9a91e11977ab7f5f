// Correct: the whole loop that writes the progress bar holds the mutex under which it is read.
// Fails: never.
#include <assert.h>
#include <pthread.h>

enum { rounds = 3 };
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
volatile int progress = 0;

static void* work(void* unused) {
  pthread_mutex_lock(&mutex);
  for (int i = 1; i <= rounds; ++i) progress = i;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* show(void* unused) {
  pthread_mutex_lock(&mutex);
  int shown = progress;
  pthread_mutex_unlock(&mutex);
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
