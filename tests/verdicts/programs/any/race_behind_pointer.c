// Bug: a balance that two threads reach by pointers of their own is changed in two steps without a
//      lock.
// Fails: whenever both reach it: nothing orders the accesses. The assertion fails if the reader
//        comes between the two steps.
#include <assert.h>
#include <pthread.h>

struct account {
  int owner;
  int balance;
};

struct account account = {7, 100};

static void* transfer(void* argument) {
  int volatile* balance = &((struct account*)argument)->balance;
  *balance -= 150;
  *balance += 150;
  return NULL;
}

static void* audit(void* argument) {
  const struct account* audited = argument;
  assert(audited->balance >= 0);
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
