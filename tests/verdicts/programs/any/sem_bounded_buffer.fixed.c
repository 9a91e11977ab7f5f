// Correct: producer and consumer first wait for room and for an item, and only then take the mutex.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
sem_t room, filled;
int slot = 0;

static void* produce(void* unused) {
  for (int item = 1; item <= 2; ++item) {
    sem_wait(&room);
    pthread_mutex_lock(&mutex);
    slot = item;
    pthread_mutex_unlock(&mutex);
    sem_post(&filled);
  }
  return unused;
}

static void* consume(void* unused) {
  for (int item = 1; item <= 2; ++item) {
    sem_wait(&filled);
    pthread_mutex_lock(&mutex);
    assert(slot == item);
    pthread_mutex_unlock(&mutex);
    sem_post(&room);
  }
  return unused;
}

int main(void) {
  sem_init(&room, 0, 1);
  sem_init(&filled, 0, 0);
  pthread_t producer, consumer;
  pthread_create(&producer, NULL, produce, NULL);
  pthread_create(&consumer, NULL, consume, NULL);
  pthread_join(producer, NULL);
  pthread_join(consumer, NULL);
  sem_destroy(&room);
  sem_destroy(&filled);
  return 0;
}
