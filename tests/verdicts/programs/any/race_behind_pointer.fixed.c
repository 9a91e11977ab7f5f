// Correct: the balance that two threads reach by pointers of their own is guarded by a mutex, which
//          they reach in the same way.
// Fails: never.
#include <assert.h>
#include <pthread.h>

struct account {
  pthread_mutex_t mutex;
  int balance;
};

struct account account = {PTHREAD_MUTEX_INITIALIZER, 100};

static void* transfer(void* argument) {
  struct account* changed = argument;
  int volatile* balance = &changed->balance;
  pthread_mutex_lock(&changed->mutex);
  *balance -= 150;
  *balance += 150;
  pthread_mutex_unlock(&changed->mutex);
  return NULL;
}

static void* audit(void* argument) {
  struct account* audited = argument;
  pthread_mutex_lock(&audited->mutex);
  assert(audited->balance >= 0);
  pthread_mutex_unlock(&audited->mutex);
  return NULL;
}

int main(void) {
  pthread_t clerk, auditor;
  pthread_create(&clerk, NULL, transfer, &account);
  pthread_create(&auditor, NULL, audit, &account);
  pthread_join(clerk, NULL);
  pthread_join(auditor, NULL);
  return 0;
}
