// Bug: a thread publishes the address of a counter on its own stack and ends; main goes on to use
//      it.
// Fails: always: nothing on the stack of a thread that has ended is there any more.
#include <pthread.h>
#include <stdatomic.h>

atomic_int* published;

static void* publish(void* unused) {
  atomic_int counter = 0;
  published = &counter;
  return unused;
}

int main(void) {
  pthread_t publisher;
  pthread_create(&publisher, NULL, publish, NULL);
  pthread_join(publisher, NULL);
  atomic_fetch_add(published, 1);
  return 0;
}
