// Bug: what sem_trywait() returns is not looked at, so an item may be taken that is not there.
// Fails: if the consumer tries before the producer has posted: nothing orders its read and the
//        producer's write, and it may read the value of before.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t filled;
int item = 0;

static void* produce(void* unused) {
  item = 42;
  sem_post(&filled);
  return unused;
}

static void* consume(void* unused) {
  sem_trywait(&filled);
  assert(item == 42);
  return unused;
}

int main(void) {
  sem_init(&filled, 0, 0);
  pthread_t producer, consumer;
  pthread_create(&producer, NULL, produce, NULL);
  pthread_create(&consumer, NULL, consume, NULL);
  pthread_join(producer, NULL);
  pthread_join(consumer, NULL);
  sem_destroy(&filled);
  return 0;
}
