// Bug: a mutex is set up by an assignment when another thread may already lock it.
// Fails: in every interleaving: nothing orders the assignment and the lock.
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int value = 0;

static void* add_one(void* unused) {
  pthread_mutex_lock(&mutex);
  value += 1;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t adder;
  pthread_create(&adder, NULL, add_one, NULL);
  mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  pthread_join(adder, NULL);
  return 0;
}
