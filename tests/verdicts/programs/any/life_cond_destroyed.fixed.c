// Correct: the condition variable is destroyed when the threads that use it have been joined.
// Fails: never.
#include <pthread.h>

pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void* use(void* unused) {
  pthread_cond_broadcast(&changed);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, use, NULL);
  pthread_create(&second, NULL, use, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_cond_destroy(&changed);
  return 0;
}
