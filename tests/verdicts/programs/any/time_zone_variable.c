// Bug: a thread sets the time zone while main reads `timezone`.
// Fails: in every interleaving by the race; if main reads first it may find another zone.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static void* set(void* unused) {
  tzset();
  return unused;
}

int main(void) {
  pthread_t setting;
  setenv("TZ", "WEST5", 1);
  tzset();
  setenv("TZ", "EAST-5", 1);
  pthread_create(&setting, NULL, set, NULL);
  const long zone = timezone;
  pthread_join(setting, NULL);
  assert(zone == -5 * 3600);
  return 0;
}
