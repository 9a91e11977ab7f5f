/* Bug: in a corridor each of two steps aside for the other, and back, under a mutex and with plain
 *      variables.
 * Fails: always: both stand on the same side, and each step moves both, within one turn of the
 *        lock. */
#include <pthread.h>
#include <sched.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int side[2] = {0, 0};
static int passed[2] = {0, 0};

static void* walk(void* which) {
  int self = which != NULL;
  int done = 0;
  while (!done) {
    pthread_mutex_lock(&lock);
    if (side[self] != side[1 - self]) {
      passed[self] = 1;
    } else {
      /* Both, since each sees the other one move. */
      side[self] = 1 - side[self];
      side[1 - self] = 1 - side[1 - self];
    }
    done = passed[self];
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
