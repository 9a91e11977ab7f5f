// Bug: gmtime() and localtime() hand out one object for all threads.
// Fails: in every interleaving by the race on it; if the other thread asks between a thread's
//        question and its look at the answer, the year is the wrong one.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <time.h>

static int years[2];

static void* ask(void* argument) {
  const long which = (long)argument;
  const time_t when = which * 1000000000;
  const struct tm* date = which == 0 ? gmtime(&when) : localtime(&when);
  years[which] = 1900 + date->tm_year;
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, ask, (void*)i);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  assert(years[0] == 1970 && years[1] == 2001);
  return 0;
}
