// Bug: a thread lends main a mutex on its own stack and does not wait until it is given back.
// Fails: if the thread has ended when main locks or unlocks.
#include <pthread.h>
#include <semaphore.h>

sem_t is_lent;
pthread_mutex_t* lent;

static void* lend(void* unused) {
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, NULL);
  lent = &mutex;
  sem_post(&is_lent);
  return unused;
}

int main(void) {
  pthread_t lender;
  sem_init(&is_lent, 0, 0);
  pthread_create(&lender, NULL, lend, NULL);
  sem_wait(&is_lent);
  pthread_mutex_lock(lent);
  pthread_mutex_unlock(lent);
  pthread_join(lender, NULL);
  return 0;
}
