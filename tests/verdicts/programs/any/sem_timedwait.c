// Bug: the consumer goes on although sem_timedwait() may have given up waiting.
// Fails: if the time is over before the producer has posted, as on a busy machine it may be: the
//        read and the write are then without order.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

sem_t filled;
int item = 0;

static void* produce(void* unused) {
  item = 42;
  sem_post(&filled);
  return unused;
}

static void* consume(void* unused) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  sem_timedwait(&filled, &until);
  assert(item == 42);
  return unused;
}

int main(void) {
  sem_init(&filled, 0, 0);
  pthread_t producer, consumer;
  pthread_create(&consumer, NULL, consume, NULL);
  pthread_create(&producer, NULL, produce, NULL);
  pthread_join(producer, NULL);
  pthread_join(consumer, NULL);
  sem_destroy(&filled);
  return 0;
}
