// Bug: main frees the memory of a mutex when it has held it itself, and the thread may not have
//      come to lock it.
// Fails: if the thread comes after that.
#include <pthread.h>
#include <stdlib.h>

static void* use(void* argument) {
  pthread_mutex_t* mutex = argument;
  pthread_mutex_lock(mutex);
  pthread_mutex_unlock(mutex);
  return NULL;
}

int main(void) {
  pthread_t user;
  pthread_mutex_t* mutex = malloc(sizeof *mutex);
  pthread_mutex_init(mutex, NULL);
  pthread_create(&user, NULL, use, mutex);
  use(mutex);
  pthread_mutex_destroy(mutex);
  free(mutex);
  pthread_join(user, NULL);
  return 0;
}
