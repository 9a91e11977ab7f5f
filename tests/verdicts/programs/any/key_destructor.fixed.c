// Correct: each thread has its own value of the key, none at first, and the destructor runs once
//          for each thread that left a value, before the thread counts as ended.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

pthread_key_t buffer_key;
atomic_int destroyed = 0;

static void destroy(void* buffer) {
  atomic_fetch_add(&destroyed, 1);
  free(buffer);
}

static void* work(void* number) {
  assert(pthread_getspecific(buffer_key) == NULL);
  int** buffer = malloc(sizeof(int*));
  *buffer = number;
  pthread_setspecific(buffer_key, buffer);
  sched_yield();
  assert(*(int**)pthread_getspecific(buffer_key) == number);
  return NULL;
}

int main(void) {
  int numbers[2] = {1, 2};
  pthread_key_create(&buffer_key, destroy);
  pthread_t first, second;
  pthread_create(&first, NULL, work, &numbers[0]);
  pthread_create(&second, NULL, work, &numbers[1]);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(atomic_load(&destroyed) == 2);
  assert(pthread_getspecific(buffer_key) == NULL);
  pthread_key_delete(buffer_key);
  return 0;
}
