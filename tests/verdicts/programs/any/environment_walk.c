// Bug: a thread removes a variable from the environment while main looks through all of them.
// Fails: in every interleaving by the race; if the removal comes first main finds none.
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
  int found = count("HEDDLE_LEVEL=");
  pthread_join(changing, NULL);
  assert(found == 1);
  return 0;
}
