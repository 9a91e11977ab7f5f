// Bug: a state that is wrong between two writes is read without a lock.
// Fails: whenever the reader reads: nothing orders its read and the writes. The assertion fails if
//        it reads between the two.
#include <assert.h>
#include <pthread.h>

volatile int state = 0;

static void* write_state(void* unused) {
  state = -1;
  state = 1;
  return unused;
}

static void* read_state(void* unused) {
  assert(state >= 0);
  return unused;
}

int main(void) {
  pthread_t writer, reader;
  pthread_create(&writer, NULL, write_state, NULL);
  pthread_create(&reader, NULL, read_state, NULL);
  pthread_join(writer, NULL);
  pthread_join(reader, NULL);
  return 0;
}
