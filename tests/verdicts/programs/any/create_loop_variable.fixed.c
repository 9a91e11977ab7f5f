// Correct: each thread has an argument of its own, and hands back its result through
//          pthread_exit().
// Fails: never.
#include <assert.h>
#include <pthread.h>

static void answer(int* number) {
  *number *= 10;
  pthread_exit(number);
}

static void* work(void* argument) {
  answer(argument);
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  int numbers[2];
  for (int i = 0; i < 2; ++i) {
    numbers[i] = i + 1;
    pthread_create(&threads[i], NULL, work, &numbers[i]);
  }
  for (int i = 0; i < 2; ++i) {
    void* result = NULL;
    pthread_join(threads[i], &result);
    assert(result == &numbers[i]);
    assert(numbers[i] == 10 * (i + 1));
  }
  return 0;
}
