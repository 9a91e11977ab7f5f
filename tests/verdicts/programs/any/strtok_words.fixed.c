// Correct: with strtok_r() each thread keeps its own place.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <string.h>

static char lines[2][8] = {"a b c", "d e f"};
static long words[2];

static void* count(void* argument) {
  const long line = (long)argument;
  char* place = NULL;
  for (char* word = strtok_r(lines[line], " ", &place); word != NULL;
       word = strtok_r(NULL, " ", &place)) {
    ++words[line];
  }
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, count, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(words[0] == 3 && words[1] == 3);
  return 0;
}
