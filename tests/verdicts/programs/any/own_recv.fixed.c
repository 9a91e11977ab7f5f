// Correct: it has a function of its own that is called as one of the C library's.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int received;

int recv(int amount) {
  pthread_mutex_lock(&mutex);
  const int sum = received += amount;
  pthread_mutex_unlock(&mutex);
  return sum;
}

static void* take(void* unused) {
  recv(1);
  return unused;
}

int main(void) {
  pthread_t taker;
  pthread_create(&taker, NULL, take, NULL);
  recv(2);
  pthread_join(taker, NULL);
  assert(received == 3);
  return 0;
}
