// Bug: a mutex is initialised while a thread holds it or waits for it.
// Fails: if the thread is then at work: what its lock guards is open to others. If it comes later,
//        nothing orders the initialisation before it.
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int number = 0;

static void* add(void* unused) {
  pthread_mutex_lock(&mutex);
  ++number;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t adder;
  pthread_create(&adder, NULL, add, NULL);
  pthread_mutex_init(&mutex, NULL);
  add(NULL);
  pthread_join(adder, NULL);
  return 0;
}
