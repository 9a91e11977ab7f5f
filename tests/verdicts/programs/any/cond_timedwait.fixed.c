// Correct: the wait is repeated until the letter is there or the time is over, and only then is it
//          decided which; without the letter, main waits for the sender's end and reads it then.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t arrived;
int letter = 0;

static void* send(void* unused) {
  pthread_mutex_lock(&mutex);
  letter = 42;
  pthread_cond_signal(&arrived);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&arrived, &attributes);
  pthread_condattr_destroy(&attributes);
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += 10;
  pthread_t sender;
  pthread_create(&sender, NULL, send, NULL);
  int error = 0;
  pthread_mutex_lock(&mutex);
  while (letter == 0 && error == 0) error = pthread_cond_timedwait(&arrived, &mutex, &until);
  assert(letter == 42 || error == ETIMEDOUT);
  pthread_mutex_unlock(&mutex);
  pthread_join(sender, NULL);
  assert(letter == 42);
  pthread_cond_destroy(&arrived);
  return 0;
}
