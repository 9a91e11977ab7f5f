// Bug: getpwuid() hands out one object for all threads.
// Fails: in every interleaving by the race on it; if another thread asks before a thread looks, the
//        number in it is another user's.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <pwd.h>
#include <stddef.h>

static void* ask(void* argument) {
  const uid_t user = (uid_t)(long)argument;
  const struct passwd* entry = getpwuid(user);
  assert(entry == NULL || entry->pw_uid == user);
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
