// Bug: a thread sets the time zone while main asks for local time.
// Fails: if the zone is set first.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static void* move_west(void* unused) {
  setenv("TZ", "WEST5", 1);
  tzset();
  return unused;
}

int main(void) {
  const time_t day = 86400;
  struct tm parts;
  pthread_t mover;
  setenv("TZ", "UTC0", 1);
  tzset();
  pthread_create(&mover, NULL, move_west, NULL);
  localtime_r(&day, &parts);
  pthread_join(mover, NULL);
  assert(parts.tm_hour == 0);
  return 0;
}
