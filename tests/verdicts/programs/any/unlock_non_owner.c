// Bug: one thread locks the mutex and another one unlocks it, which only a semaphore allows.
// Fails: in every interleaving: whoever unlocks does not hold the mutex.
#include <pthread.h>
#include <stddef.h>

pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void* give_turn(void* unused) {
  pthread_mutex_unlock(&turn);
  return unused;
}

static void* take_turn(void* unused) {
  pthread_mutex_lock(&turn);
  pthread_mutex_unlock(&turn);
  return unused;
}

int main(void) {
  pthread_mutex_lock(&turn);
  pthread_t first, second;
  pthread_create(&first, NULL, give_turn, NULL);
  pthread_create(&second, NULL, take_turn, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
