// Bug: a thread reads back what it has written, and another may write once a flag is set, which
// happens between the two. No run has that write before the first.
// Fails: if the other thread sees the flag and writes before the value is read back.
#include <assert.h>
#include <pthread.h>

static volatile int ready;
static volatile int value;
static int seen;

static void* writer(void* unused) {
  value = 1;
  ready = 1;
  seen = value;
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, writer, 0);
  if (ready) value = 2;
  pthread_join(thread, 0);
  assert(seen == 1);
  return 0;
}
