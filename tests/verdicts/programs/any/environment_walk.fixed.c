// Correct: main looks through the environment when the thread that changes it has ended.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void* change(void* unused) {
  unsetenv("HEDDLE_LEVEL");
  setenv("HEDDLE_DEPTH", "3", 1);
  return unused;
}

static int count(const char* name) {
  int found = 0;
  for (char** entry = environ; *entry != NULL; ++entry) {
    found += strncmp(*entry, name, strlen(name)) == 0;
  }
  return found;
}

int main(void) {
  pthread_t changing;
  setenv("HEDDLE_LEVEL", "low", 1);
  pthread_create(&changing, NULL, change, NULL);
  pthread_join(changing, NULL);
  assert(count("HEDDLE_LEVEL=") == 0);
  assert(count("HEDDLE_DEPTH=3") == 1);
  return 0;
}
