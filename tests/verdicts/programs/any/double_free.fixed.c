// Correct: the count that the subtraction itself returns is 1 for one thread only, and by its order
//          the other's use of the block is over by then.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct block {
  int value;
};

atomic_int users = 2;

static void* use(void* argument) {
  struct block* block = argument;
  assert(block->value == 42);
  if (atomic_fetch_sub_explicit(&users, 1, memory_order_acq_rel) == 1) free(block);
  return NULL;
}

int main(void) {
  struct block* shared = malloc(sizeof(struct block));
  shared->value = 42;
  pthread_t first, second;
  pthread_create(&first, NULL, use, shared);
  pthread_create(&second, NULL, use, shared);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
