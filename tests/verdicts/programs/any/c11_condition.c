// Bug: cnd_wait() without asking first whether what it waits for has happened already.
// Fails: if the signal comes before the wait: it is lost, and main waits for ever.
#include <threads.h>

mtx_t mutex;
cnd_t arrived;

static int send(void* unused) {
  (void)unused;
  mtx_lock(&mutex);
  cnd_signal(&arrived);
  mtx_unlock(&mutex);
  return 0;
}

int main(void) {
  mtx_init(&mutex, mtx_plain);
  cnd_init(&arrived);
  thrd_t sender;
  thrd_create(&sender, send, NULL);
  mtx_lock(&mutex);
  cnd_wait(&arrived, &mutex);
  mtx_unlock(&mutex);
  thrd_join(sender, NULL);
  cnd_destroy(&arrived);
  mtx_destroy(&mutex);
  return 0;
}
