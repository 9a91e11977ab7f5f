// Correct: the flag is set under the mutex, as the value is written and read.
// Fails: never.
#include <assert.h>
#include <pthread.h>

static volatile int ready;
static volatile int value;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* writer(void* unused) {
  pthread_mutex_lock(&mutex);
  value = value + 1;
  ready = 1;
  value = 2;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t thread;
  int seen = 2;
  pthread_create(&thread, 0, writer, 0);
  pthread_mutex_lock(&mutex);
  if (ready) seen = value;
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, 0);
  assert(seen == 2);
  return 0;
}
