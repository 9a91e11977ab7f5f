// Bug: a thread destroys the condition variable, and another one may not have come to use it.
// Fails: if it comes after that: nothing orders the two.
#include <pthread.h>

pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void* use(void* unused) {
  pthread_cond_broadcast(&changed);
  return unused;
}

static void* end(void* unused) {
  pthread_cond_destroy(&changed);
  return unused;
}

int main(void) {
  pthread_t user, ender;
  pthread_create(&user, NULL, use, NULL);
  pthread_create(&ender, NULL, end, NULL);
  pthread_join(user, NULL);
  pthread_join(ender, NULL);
  return 0;
}
