// Correct: a thread that leaves by pthread_exit() gives the mutex back in a handler that it pushed.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int order = 0;

static void give_back(void* lock) {
  order = order * 10 + 1;
  pthread_mutex_unlock(lock);
}

static void note(void* unused) {
  (void)unused;
  order = order * 10 + 2;
}

static void* leave(void* unused) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(give_back, &mutex);
  pthread_cleanup_push(note, NULL);
  pthread_exit(unused);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  pthread_t thread;
  void* result = NULL;
  pthread_create(&thread, NULL, leave, &order);
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(note, NULL);
  pthread_cleanup_pop(0);
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, &result);
  assert(order == 21 && result == &order);
  return 0;
}
