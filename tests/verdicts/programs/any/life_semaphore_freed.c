// Bug: a request with a semaphore in it is freed by the thread that waited for it when only one of
//      two workers has posted.
// Fails: if the other worker posts after that.
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct request {
  sem_t done;
};

static void* work(void* argument) {
  sem_post(&((struct request*)argument)->done);
  return NULL;
}

int main(void) {
  pthread_t first, second;
  struct request* request = malloc(sizeof *request);
  sem_init(&request->done, 0, 0);
  pthread_create(&first, NULL, work, request);
  pthread_create(&second, NULL, work, request);
  sem_wait(&request->done);
  free(request);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
