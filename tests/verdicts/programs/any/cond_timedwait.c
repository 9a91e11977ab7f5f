// Bug: the end of a timed wait is taken for the arrival of the letter, whatever ended it.
// Fails: on a timeout or a spurious wake-up before the letter is there. However long the timeout
//        is, the other thread may need longer.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>
#include <time.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
int letter = 0;

static void* send(void* unused) {
  pthread_mutex_lock(&mutex);
  letter = 42;
  pthread_cond_signal(&arrived);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 10;
  pthread_t sender;
  pthread_create(&sender, NULL, send, NULL);
  pthread_mutex_lock(&mutex);
  if (letter == 0) pthread_cond_timedwait(&arrived, &mutex, &until);
  assert(letter == 42);
  pthread_mutex_unlock(&mutex);
  pthread_join(sender, NULL);
  return 0;
}
