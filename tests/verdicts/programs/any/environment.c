// Bug: one thread changes the environment while another looks a variable up.
// Fails: in every interleaving by the race; if the change comes between the two looks they differ.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static void* look(void* unused) {
  const char before = getenv("HEDDLE_LEVEL")[0];
  const char after = getenv("HEDDLE_LEVEL")[0];
  assert(before == after);
  return unused;
}

static void* change(void* unused) {
  setenv("HEDDLE_LEVEL", "high", 1);
  return unused;
}

int main(void) {
  setenv("HEDDLE_LEVEL", "low", 1);
  pthread_t looking;
  pthread_t changing;
  pthread_create(&looking, NULL, look, NULL);
  pthread_create(&changing, NULL, change, NULL);
  pthread_join(looking, NULL);
  pthread_join(changing, NULL);
  return 0;
}
