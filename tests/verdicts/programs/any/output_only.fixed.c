// Correct: what both threads print is not read back, so that nobody can tell who printed first.
// Fails: never.
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void* print(void* argument) {
  const char* name = argument;
  for (int i = 0; i < 3; ++i) {
    printf("%s %d\n", name, i);
    fputs("again\n", stderr);
    if (write(STDOUT_FILENO, "!\n", 2) != 2) return argument;
  }
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, print, "first");
  pthread_create(&threads[1], NULL, print, "second");
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
