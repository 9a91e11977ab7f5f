// Bug: with the mutex of C11's threads.h, one of two threads adds without it.
// Fails: in every interleaving: nothing orders the two additions.
#include <assert.h>
#include <threads.h>

mtx_t mutex;
int counter = 0;

static int add_locked(void* argument) {
  mtx_lock(&mutex);
  counter += *(int*)argument;
  mtx_unlock(&mutex);
  return 0;
}

static int add(void* argument) {
  counter += *(int*)argument;
  return 0;
}

int main(void) {
  int one = 1;
  thrd_t first, second;
  mtx_init(&mutex, mtx_plain);
  thrd_create(&first, add_locked, &one);
  thrd_create(&second, add, &one);
  thrd_join(first, NULL);
  thrd_join(second, NULL);
  assert(counter == 2);
  mtx_destroy(&mutex);
  return 0;
}
