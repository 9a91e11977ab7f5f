// Correct: both writes are made under the mutex under which the reader reads. Not optimised: each
//          access is made as it is written.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int state = 0;

static void* write_state(void* unused) {
  pthread_mutex_lock(&mutex);
  state = -1;
  state = 1;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* read_state(void* unused) {
  pthread_mutex_lock(&mutex);
  assert(state >= 0);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t writer, reader;
  pthread_create(&reader, NULL, read_state, NULL);
  pthread_create(&writer, NULL, write_state, NULL);
  pthread_join(reader, NULL);
  pthread_join(writer, NULL);
  return 0;
}
