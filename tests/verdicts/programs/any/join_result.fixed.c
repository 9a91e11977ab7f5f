// Correct: main reads what the other thread has taken when that has ended.
// Fails: never.
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

  pthread_join(fetcher, NULL);
  assert(result == &seven);
  return 0;
}
