// Bug: main unlocks what another thread has locked, or had locked, whenever a flag says so.
// Fails: if it sees the flag set: the thread holds the mutex then, or has given it back.
#include <pthread.h>

pthread_mutex_t work = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
int busy = 0;

static void* run(void* unused) {
  pthread_mutex_lock(&work);
  pthread_mutex_lock(&guard);
  busy = 1;
  pthread_mutex_unlock(&guard);
  pthread_mutex_unlock(&work);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, run, NULL);
  pthread_mutex_lock(&guard);
  int seen = busy;
  pthread_mutex_unlock(&guard);
  if (seen) pthread_mutex_unlock(&work);
  pthread_join(thread, NULL);
  return 0;
}
