// Correct: the memory of a mutex is freed when its user has been joined, and what is allocated
//          there next is another mutex.
// Fails: never.
#include <pthread.h>
#include <stdlib.h>

static void* use(void* argument) {
  pthread_mutex_t* mutex = argument;
  pthread_mutex_lock(mutex);
  pthread_mutex_unlock(mutex);
  return NULL;
}

int main(void) {
  for (int i = 0; i < 2; ++i) {
    pthread_t user;
    pthread_mutex_t* mutex = malloc(sizeof *mutex);
    pthread_mutex_init(mutex, NULL);
    pthread_create(&user, NULL, use, mutex);
    use(mutex);
    pthread_join(user, NULL);
    pthread_mutex_destroy(mutex);
    free(mutex);
  }
  return 0;
}
