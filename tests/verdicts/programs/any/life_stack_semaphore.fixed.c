// Correct: a semaphore on the stack of the thread that waits for it, which is destroyed as soon as
//          the wait is over.
// Fails: never.
#include <pthread.h>
#include <semaphore.h>

static void* work(void* argument) {
  sem_post(argument);
  return NULL;
}

__attribute__((noinline)) static pthread_t start(void) {
  pthread_t worker;
  sem_t done;
  sem_init(&done, 0, 0);
  pthread_create(&worker, NULL, work, &done);
  sem_wait(&done);
  sem_destroy(&done);
  return worker;
}

int main(void) {
  pthread_t worker = start();
  pthread_join(worker, NULL);
  return 0;
}
