// Correct: main ends itself with pthread_exit(), which leaves the process to the other threads; the
//          last of them ends it, with status 0.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
int turn = 0;

static void* work(void* argument) {
  int number = *(int*)argument;
  free(argument);
  pthread_mutex_lock(&mutex);
  while (turn != number) pthread_cond_wait(&changed, &mutex);
  ++turn;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  for (int i = 0; i < 2; ++i) {
    int* number = malloc(sizeof(int));
    *number = i;
    pthread_t worker;
    pthread_create(&worker, NULL, work, number);
    pthread_detach(worker);
  }
  pthread_exit(NULL);
}
