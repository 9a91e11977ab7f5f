// Bug: main reads the result of a detached thread, for whose end it cannot wait.
// Fails: whenever main reads before the process is over: nothing orders the read and the write, and
//        the assertion fails if the read comes first.
#include <assert.h>
#include <pthread.h>

int result = 0;

static void* compute(void* unused) {
  result = 42;
  return unused;
}

int main(void) {
  pthread_t worker;
  pthread_create(&worker, NULL, compute, NULL);
  pthread_detach(worker);
  assert(result == 42);
  return 0;
}
