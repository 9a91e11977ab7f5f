// Correct: main uses the counter on the thread's stack before it lets the thread end.
// Fails: never.
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

sem_t is_published, may_end;
atomic_int* published;

static void* publish(void* unused) {
  atomic_int counter = 0;
  published = &counter;
  sem_post(&is_published);
  sem_wait(&may_end);
  return unused;
}

int main(void) {
  pthread_t publisher;
  sem_init(&is_published, 0, 0);
  sem_init(&may_end, 0, 0);
  pthread_create(&publisher, NULL, publish, NULL);
  sem_wait(&is_published);
  atomic_fetch_add(published, 1);
  sem_post(&may_end);
  pthread_join(publisher, NULL);
  sem_destroy(&is_published);
  sem_destroy(&may_end);
  return 0;
}
