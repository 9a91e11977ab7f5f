// Correct: the thread whose stack the mutex is on waits until main has given it back.
// Fails: never.
#include <pthread.h>
#include <semaphore.h>

sem_t is_lent, is_returned;
pthread_mutex_t* lent;

static void* lend(void* unused) {
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, NULL);
  lent = &mutex;
  sem_post(&is_lent);
  sem_wait(&is_returned);
  pthread_mutex_destroy(&mutex);
  return unused;
}

int main(void) {
  pthread_t lender;
  sem_init(&is_lent, 0, 0);
  sem_init(&is_returned, 0, 0);
  pthread_create(&lender, NULL, lend, NULL);
  sem_wait(&is_lent);
  pthread_mutex_lock(lent);
  pthread_mutex_unlock(lent);
  sem_post(&is_returned);
  pthread_join(lender, NULL);
  return 0;
}
