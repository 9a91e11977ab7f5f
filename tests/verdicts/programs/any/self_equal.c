// Bug: the new thread compares itself with the handle that pthread_create() gives to main, which
//      may not have stored it yet.
// Fails: whenever the thread compares: nothing orders main's write of the handle and its read. The
//        assertion fails if it reads first.
#include <assert.h>
#include <pthread.h>

pthread_t worker;

static void* work(void* unused) {
  assert(pthread_equal(pthread_self(), worker));
  return unused;
}

int main(void) {
  pthread_t other;
  pthread_create(&other, NULL, work, NULL);
  worker = other;
  pthread_join(other, NULL);
  return 0;
}
