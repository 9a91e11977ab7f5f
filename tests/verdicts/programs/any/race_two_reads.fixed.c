// Correct: the setting is read twice under the mutex under which it is changed.
// Fails: never.
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
volatile int setting = 1;

static void* change(void* unused) {
  pthread_mutex_lock(&mutex);
  setting = 2;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* use(void* unused) {
  pthread_mutex_lock(&mutex);
  int before = setting;
  int after = setting;
  pthread_mutex_unlock(&mutex);
  assert(before == after);
  return unused;
}

int main(void) {
  pthread_t changer, user;
  pthread_create(&user, NULL, use, NULL);
  pthread_create(&changer, NULL, change, NULL);
  pthread_join(user, NULL);
  pthread_join(changer, NULL);
  return 0;
}
