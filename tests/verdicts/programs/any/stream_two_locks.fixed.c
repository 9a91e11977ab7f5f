/* Each stream has a lock of its own, also where both lead to the same file: taken in one order. */
#include <pthread.h>
#include <stdio.h>

static void *first(void *unused) {
  flockfile(stdout);
  flockfile(stderr);
  funlockfile(stderr);
  funlockfile(stdout);
  return unused;
}

static void *second(void *unused) {
  flockfile(stdout);
  flockfile(stderr);
  funlockfile(stderr);
  funlockfile(stdout);
  return unused;
}

int main(void) {
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, first, NULL);
  pthread_create(&threads[1], NULL, second, NULL);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
