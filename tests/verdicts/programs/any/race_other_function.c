// Bug: a job is announced and then finished, each by a function of its own, and is looked at
//      without a lock.
// Fails: whenever it is looked at: nothing orders that and the writes. The assertion fails if the
//        job is seen between the two.
#include <assert.h>
#include <pthread.h>

enum { none, announced, finished };
int job = none;

__attribute__((noinline)) static void announce(void) {
  job = announced;
}

__attribute__((noinline)) static void finish(void) {
  job = finished;
}

static void* work(void* unused) {
  announce();
  finish();
  return unused;
}

static void* look(void* unused) {
  assert(job != announced);
  return unused;
}

int main(void) {
  pthread_t worker, looker;
  pthread_create(&worker, NULL, work, NULL);
  pthread_create(&looker, NULL, look, NULL);
  pthread_join(worker, NULL);
  pthread_join(looker, NULL);
  return 0;
}
