// Bug: it is taken for granted that nobody sees the first of two steps that two threads take by
// compare-exchange.
// Fails: if both succeed and the readers see the value between.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int stage;
static int first;
static int second;
static int seen_one;
static int seen_two;

static void* begin(void* unused) {
  int expected = 0;
  first = atomic_compare_exchange_strong(&stage, &expected, 1);
  return unused;
}

static void* finish(void* unused) {
  int expected = 1;
  second = atomic_compare_exchange_strong(&stage, &expected, 2);
  return unused;
}

static void* look(void* into) {
  *(int*)into = atomic_load(&stage);
  return 0;
}

int main(void) {
  pthread_t threads[4];
  pthread_create(&threads[0], 0, begin, 0);
  pthread_create(&threads[1], 0, finish, 0);
  pthread_create(&threads[2], 0, look, &seen_one);
  pthread_create(&threads[3], 0, look, &seen_two);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  assert(!(first && second && seen_one == 1 && seen_two == 1));
  return 0;
}
