// Correct: the second thread only tries for its second mutex, and gives back the first one before
//          it begins again, so nobody waits for a mutex against the order.
// Fails: never. It begins again only while the first thread holds its mutex.
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;

static void* a_then_b(void* unused) {
  pthread_mutex_lock(&a);
  pthread_mutex_lock(&b);
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
  return unused;
}

static void* b_then_a(void* unused) {
  pthread_mutex_lock(&b);
  while (pthread_mutex_trylock(&a) != 0) {
    pthread_mutex_unlock(&b);
    sched_yield();
    pthread_mutex_lock(&b);
  }
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, a_then_b, NULL);
  pthread_create(&second, NULL, b_then_a, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
