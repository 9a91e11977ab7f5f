// Bug: whoever is done last shall free the block, but "last" is looked up apart from counting down.
// Fails: if both threads have counted down before either looks: both free the block.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct block {
  int value;
};

atomic_int users = 2;

static void* use(void* block) {
  atomic_fetch_sub(&users, 1);
  if (atomic_load(&users) == 0) free(block);
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
