// Correct: a mutex is held from the write to the look at it, and by who writes otherwise.
// Fails: never.
#include <assert.h>
#include <pthread.h>

static volatile int ready;
static volatile int value;
static int seen;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* writer(void* unused) {
  pthread_mutex_lock(&mutex);
  value = 1;
  ready = 1;
  seen = value;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, writer, 0);
  pthread_mutex_lock(&mutex);
  if (ready) value = 2;
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, 0);
  assert(seen == 1);
  return 0;
}
