// Correct: both threads lock; the recursive mutex may be locked again by its owner, and a try that
//          fails touches nothing. thrd_join() hands over what the threads return.
// Fails: never.
#include <assert.h>
#include <threads.h>

mtx_t mutex;
int counter = 0;

static int add(void* argument) {
  mtx_lock(&mutex);
  counter += *(int*)argument;
  if (mtx_trylock(&mutex) == thrd_success) mtx_unlock(&mutex);
  mtx_unlock(&mutex);
  return 7;
}

int main(void) {
  int one = 1;
  int first_result = 0, second_result = 0;
  thrd_t first, second;
  mtx_init(&mutex, mtx_plain | mtx_recursive);
  thrd_create(&first, add, &one);
  thrd_create(&second, add, &one);
  assert(!thrd_equal(first, second) && !thrd_equal(first, thrd_current()));
  thrd_join(first, &first_result);
  thrd_join(second, &second_result);
  assert(counter == 2);
  assert(first_result == 7 && second_result == 7);
  mtx_destroy(&mutex);
  return 0;
}
