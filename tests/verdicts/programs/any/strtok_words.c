// Bug: strtok() keeps its place in one hidden variable, and two threads take words at a time.
// Fails: in every interleaving by the race on it; if one thread begins its text between two calls
//        of the other, words are counted for the wrong text.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <string.h>

static char lines[2][8] = {"a b c", "d e f"};
static long words[2];

static void* count(void* argument) {
  const long line = (long)argument;
  for (char* word = strtok(lines[line], " "); word != NULL; word = strtok(NULL, " ")) {
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
