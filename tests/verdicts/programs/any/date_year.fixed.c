// Correct: each thread has its own object for the date. What is not safe among threads is used
//          under a lock.
// Fails: never.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int years[2];
static char texts[2][32];

static void* ask(void* argument) {
  const long which = (long)argument;
  const time_t when = which * 1000000000;
  struct tm date;
  gmtime_r(&when, &date);
  years[which] = 1900 + date.tm_year;
  pthread_mutex_lock(&lock);
  strncpy(texts[which], asctime(&date), sizeof texts[which] - 1);
  pthread_mutex_unlock(&lock);
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(years[0] == 1970 && years[1] == 2001);
  assert(strcmp(texts[0], "Thu Jan  1 00:00:00 1970\n") == 0);
  assert(strcmp(texts[1], "Sun Sep  9 01:46:40 2001\n") == 0);
  return 0;
}
