// Bug: deposit_twice() holds the mutex while it calls deposit(), which locks it again; the mutex is
//      a plain one.
// Fails: in every interleaving in which the first account takes the branch, which is every one.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int balance = 0;

static void deposit(int amount) {
  pthread_mutex_lock(&mutex);
  balance += amount;
  pthread_mutex_unlock(&mutex);
}

static void* deposit_twice(void* unused) {
  pthread_mutex_lock(&mutex);
  deposit(1);
  deposit(2);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, deposit_twice, NULL);
  pthread_create(&second, NULL, deposit_twice, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(balance == 6);
  return 0;
}
