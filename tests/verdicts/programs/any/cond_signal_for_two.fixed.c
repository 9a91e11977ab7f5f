// Correct: cond_signal_for_two.c with a broadcast: whoever waits is woken, and whoever comes later
//          finds the flag set.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
int is_open = 0;

static void* pass_gate(void* unused) {
  pthread_mutex_lock(&mutex);
  while (!is_open) pthread_cond_wait(&opened, &mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, pass_gate, NULL);
  pthread_create(&second, NULL, pass_gate, NULL);
  pthread_mutex_lock(&mutex);
  is_open = 1;
  pthread_cond_broadcast(&opened);
  pthread_mutex_unlock(&mutex);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
