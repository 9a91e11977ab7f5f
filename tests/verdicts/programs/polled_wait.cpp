// main looks under the mutex until the other thread waits. That one may wake up for no reason, and
// then what it waits for has not come.
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int waits, go;

static void* work(void* unused) {
  pthread_mutex_lock(&mutex);
  waits = 1;
  pthread_cond_wait(&changed, &mutex);
  assert(go);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main() {
  pthread_t other;
  int seen;
  pthread_create(&other, NULL, work, NULL);
  do {
    pthread_mutex_lock(&mutex);
    seen = waits;
    pthread_mutex_unlock(&mutex);
  } while (!seen);
  pthread_mutex_lock(&mutex);
  go = 1;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&mutex);
  pthread_join(other, NULL);
  return 0;
}
