// Correct: the block is freed after the join, and the memory may then be another block's.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static void* read_it(void* argument) {
  const int* block = argument;
  assert(*block == 42);
  int* own = malloc(sizeof(int));
  *own = *block + 1;
  return own;
}

int main(void) {
  int* block = malloc(sizeof(int));
  *block = 42;
  pthread_t first, second;
  pthread_create(&first, NULL, read_it, block);
  pthread_create(&second, NULL, read_it, block);
  void* result = NULL;
  pthread_join(first, &result);
  assert(*(int*)result == 43);
  free(result);
  pthread_join(second, &result);
  assert(*(int*)result == 43);
  free(result);
  free(block);
  return 0;
}
