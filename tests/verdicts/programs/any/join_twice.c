// Bug: two threads join the same one. POSIX leaves open what comes of it.
// Fails: in every order.
#include <pthread.h>
#include <stddef.h>

static pthread_t worker;

static void* work(void* argument) {
  return argument;
}

static void* wait_too(void* argument) {
  pthread_join(worker, NULL);
  return argument;
}

int main(void) {
  pthread_t other;
  pthread_create(&worker, NULL, work, NULL);
  pthread_create(&other, NULL, wait_too, NULL);
  pthread_join(worker, NULL);
  pthread_join(other, NULL);
  return 0;
}
