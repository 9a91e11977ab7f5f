// Correct: unlock_non_owner.c with a semaphore, which any thread may post.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

sem_t turn;
int message = 0;

static void* give_turn(void* unused) {
  message = 42;
  sem_post(&turn);
  return unused;
}

static void* take_turn(void* unused) {
  sem_wait(&turn);
  assert(message == 42);
  sem_post(&turn);
  return unused;
}

int main(void) {
  sem_init(&turn, 0, 0);
  pthread_t first, second;
  pthread_create(&first, NULL, give_turn, NULL);
  pthread_create(&second, NULL, take_turn, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  sem_destroy(&turn);
  return 0;
}
