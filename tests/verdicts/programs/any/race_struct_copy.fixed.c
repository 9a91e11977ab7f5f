// Correct: the structure is copied and read under one mutex.
// Fails: never.
#include <assert.h>
#include <pthread.h>

struct table {
  long entries[40];
};

struct table shown, next;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* show_next(void* unused) {
  pthread_mutex_lock(&mutex);
  shown = next;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t shower;
  for (int i = 0; i < 40; ++i) next.entries[i] = 1;
  pthread_create(&shower, NULL, show_next, NULL);
  pthread_mutex_lock(&mutex);
  const long first = shown.entries[0];
  const long last = shown.entries[39];
  pthread_mutex_unlock(&mutex);
  pthread_join(shower, NULL);
  assert(first == last);
  return 0;
}
