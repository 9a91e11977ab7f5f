// Bug: each thread gets the address of the loop's variable in place of its value.
// Fails: whenever a thread reads its number: main may count on meanwhile, which is a race, and two
//        threads may read the same number.
#include <assert.h>
#include <pthread.h>

int seen[3] = {0, 0, 0};

static void* mark(void* argument) {
  int number = *(int*)argument;
  seen[number] = 1;
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  int i;
  for (i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, mark, &i);
  for (int j = 0; j < 2; ++j) pthread_join(threads[j], NULL);
  assert(seen[0] && seen[1]);
  return 0;
}
