// Correct: each thread has the object and its texts to itself.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <pwd.h>
#include <stddef.h>

static void* ask(void* argument) {
  const uid_t user = (uid_t)(long)argument;
  struct passwd entry;
  struct passwd* found = NULL;
  char texts[4096];
  assert(getpwuid_r(user, &entry, texts, sizeof texts, &found) == 0);
  assert(found == NULL || found->pw_uid == user);
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
