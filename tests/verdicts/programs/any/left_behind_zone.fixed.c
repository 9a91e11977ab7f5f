// Correct: each run finds the time zone's variables and local time as a new process does, and leaves
// another zone behind, set by each function in turn.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static atomic_int steps = 0;

static void* step(void* unused) {
  atomic_fetch_add(&steps, 1);
  return unused;
}

static void expect_zone(const char* name, long west) {
  assert(strcmp(tzname[0], name) == 0 && timezone == west);
}

int main(void) {
  const time_t day = 86400;
  struct tm parts = {0};
  char text[8];
  pthread_t other;
  expect_zone("GMT", 0);
  pthread_create(&other, NULL, step, NULL);
  step(NULL);
  pthread_join(other, NULL);

  setenv("TZ", "WEST5", 1);
  gmtime_r(&day, &parts);  // the first to look at TZ
  localtime_r(&day, &parts);
  assert(parts.tm_hour == 19);
  setenv("TZ", "EAST-3", 1);
  localtime_r(&day, &parts);  // it does so once
  assert(parts.tm_hour == 19);
  assert(localtime(&day)->tm_hour == 3);
  expect_zone("EAST", -3 * 3600);
  setenv("TZ", "NORTH1", 1);
  assert(mktime(&parts) == day - 4 * 3600);
  expect_zone("NORTH", 3600);
  setenv("TZ", "SOUTH2", 1);
  parts.tm_zone = NULL;
  strftime(text, sizeof text, "%Z", &parts);
  expect_zone("SOUTH", 2 * 3600);
  setenv("TZ", "LAST4", 1);
  tzset();
  expect_zone("LAST", 4 * 3600);
  for (size_t size = 1; size < 64; ++size) free(malloc(size));
  return 0;
}
