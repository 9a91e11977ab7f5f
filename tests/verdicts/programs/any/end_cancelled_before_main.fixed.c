// Correct: a thread that a constructor cancels before main runs each of its handlers once.
// Fails: never.
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

atomic_int sum = 0;
atomic_int ready = 0;

static void add(void* number) {
  atomic_fetch_add(&sum, *(int*)number);
}

static void* wait_for_ever(void* unused) {
  int one = 1, ten = 10;
  pthread_cleanup_push(add, &one);
  pthread_cleanup_push(add, &ten);
  atomic_store(&ready, 1);
  for (;;) pthread_testcancel();
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return unused;
}

__attribute__((constructor)) static void before_main(void) {
  pthread_t thread;
  void* result = NULL;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
  while (atomic_load(&ready) == 0) sched_yield();
  pthread_cancel(thread);
  pthread_join(thread, &result);
  assert(result == PTHREAD_CANCELED);
}

static void* add_hundred(void* unused) {
  atomic_fetch_add(&sum, 100);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, add_hundred, NULL);
  add_hundred(NULL);
  pthread_join(thread, NULL);
  assert(sum == 211);
  return 0;
}
