// Correct: the request with a semaphore in it is freed when both workers have posted; POSIX lets
//          the last wait be followed by that.
// Fails: never.
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
  sem_wait(&request->done);
  sem_destroy(&request->done);
  free(request);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
