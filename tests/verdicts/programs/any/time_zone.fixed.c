// Correct: main asks for local time before a thread sets the time zone.
// Fails: never.
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
  localtime_r(&day, &parts);
  pthread_create(&mover, NULL, move_west, NULL);
  pthread_join(mover, NULL);
  assert(parts.tm_hour == 0);
  return 0;
}
