// Bug: a thread takes the result of another into a variable that main reads without waiting.
// Fails: whenever main reads it: nothing orders that and the join. The assertion fails if the other
//        thread has been joined by then.
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static void* result;
static int seven = 7;

static void* give(void* unused) {
  (void)unused;
  return &seven;
}

static void* fetch(void* unused) {
  pthread_t giver;
  pthread_create(&giver, NULL, give, NULL);
  pthread_join(giver, &result);
  return unused;
}

int main(void) {
  pthread_t fetcher;
  pthread_create(&fetcher, NULL, fetch, NULL);
  assert(result == NULL);
  pthread_join(fetcher, NULL);
  return 0;
}
