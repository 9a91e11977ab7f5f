// One of them does.
#include <pthread.h>
#include <stddef.h>

static pthread_t worker;

static void* work(void* argument) {
  return argument;
}

static void* wait_for_it(void* argument) {
  pthread_join(worker, NULL);
  return argument;
}

int main(void) {
  pthread_t other;
  pthread_create(&worker, NULL, work, NULL);
  pthread_create(&other, NULL, wait_for_it, NULL);
  pthread_join(other, NULL);
  return 0;
}
