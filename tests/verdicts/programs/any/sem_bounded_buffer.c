// Bug: the buffer's mutex is taken before the semaphore that says whether there is room or an item,
//      so who waits keeps out the one it waits for.
// Fails: if the consumer comes while the buffer is empty, or the producer while it is full.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
sem_t room, filled;
int slot = 0;

static void* produce(void* unused) {
  for (int item = 1; item <= 2; ++item) {
    pthread_mutex_lock(&mutex);
    sem_wait(&room);
    slot = item;
    sem_post(&filled);
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

static void* consume(void* unused) {
  for (int item = 1; item <= 2; ++item) {
    pthread_mutex_lock(&mutex);
    sem_wait(&filled);
    assert(slot == item);
    sem_post(&room);
    pthread_mutex_unlock(&mutex);
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
  return 0;
}
