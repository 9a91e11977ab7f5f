// Bug: a setting is read twice, and another thread changes it without a lock.
// Fails: whenever it is read: nothing orders that and the write. The assertion fails if the write
//        comes between the two reads.
#include <assert.h>
#include <pthread.h>

volatile int setting = 1;

static void* change(void* unused) {
  setting = 2;
  return unused;
}

static void* use(void* unused) {
  int before = setting;
  int after = setting;
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
