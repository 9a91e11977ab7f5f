// Correct: mutex_recursive.c with a recursive mutex: its owner may lock it again, and the others
//          wait until it is unlocked as often as it was locked, so nobody sees one deposit alone.
// Fails: never.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <pthread.h>

pthread_mutex_t mutex;
int balance = 0;

static void deposit(int amount) {
  pthread_mutex_lock(&mutex);
  balance += amount;
  pthread_mutex_unlock(&mutex);
}

static void* deposit_twice(void* unused) {
  pthread_mutex_lock(&mutex);
  assert(balance % 3 == 0);
  deposit(1);
  deposit(2);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  pthread_t first, second;
  pthread_create(&first, NULL, deposit_twice, NULL);
  pthread_create(&second, NULL, deposit_twice, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(balance == 6);
  pthread_mutex_destroy(&mutex);
  return 0;
}
