// Bug: a thread writes twice to what another may read once a flag is set, which happens between
// the two writes. No run has the read before the first.
// Fails: if the flag is seen and the value read before the second write.
#include <assert.h>
#include <pthread.h>

static volatile int ready;
static volatile int value;

static void* writer(void* unused) {
  value = value + 1;
  ready = 1;
  value = 2;
  return unused;
}

int main(void) {
  pthread_t thread;
  int seen = 2;
  pthread_create(&thread, 0, writer, 0);
  if (ready) seen = value;
  pthread_join(thread, 0);
  assert(seen == 2);
  return 0;
}
