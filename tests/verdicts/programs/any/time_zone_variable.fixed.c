// Correct: two threads set the time zone, which the C library has a lock for, and main reads
// `timezone` and `tzname` when both are done.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
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
  tzset();
  pthread_join(setting, NULL);
  assert(timezone == -5 * 3600 && strcmp(tzname[0], "EAST") == 0);
  return 0;
}
