// Correct: the consumer reads the item only if the try got it, and leaves it alone on EAGAIN; after
//          the joins main sees what is left.
// Fails: never.
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

sem_t filled;
int item = 0;

static void* produce(void* unused) {
  item = 42;
  sem_post(&filled);
  return unused;
}

static void* consume(void* taken) {
  if (sem_trywait(&filled) != 0) {
    assert(errno == EAGAIN);
    return NULL;
  }
  assert(item == 42);
  return taken;
}

int main(void) {
  sem_init(&filled, 0, 0);
  pthread_t producer, consumer;
  void* taken = NULL;
  pthread_create(&producer, NULL, produce, NULL);
  pthread_create(&consumer, NULL, consume, &item);
  pthread_join(producer, NULL);
  pthread_join(consumer, &taken);
  int left = -1;
  sem_getvalue(&filled, &left);
  assert(left == (taken == NULL ? 1 : 0));
  sem_destroy(&filled);
  return 0;
}
