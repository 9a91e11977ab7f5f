/* Correct: only one of the two steps aside. */
#include <pthread.h>
#include <sched.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int side[2] = {0, 0};

static void* walk(void* which) {
  int self = which != NULL;
  int done = 0;
  while (!done) {
    pthread_mutex_lock(&lock);
    if (side[self] != side[1 - self]) {
      done = 1;
    } else if (self == 0) {
      side[0] = 1;
    }
    pthread_mutex_unlock(&lock);
    sched_yield();
  }
  return NULL;
}

int main(void) {
  pthread_t first;
  pthread_t second;
  pthread_create(&first, NULL, walk, NULL);
  pthread_create(&second, NULL, walk, &lock);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
