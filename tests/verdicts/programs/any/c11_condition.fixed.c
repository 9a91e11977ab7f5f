// Correct: what is waited for is a variable, looked at under the mutex before each wait.
// Fails: never.
#include <assert.h>
#include <threads.h>

mtx_t mutex;
cnd_t arrived;
int letters = 0;

static int send(void* unused) {
  (void)unused;
  mtx_lock(&mutex);
  ++letters;
  cnd_broadcast(&arrived);
  mtx_unlock(&mutex);
  thrd_yield();
  return 0;
}

int main(void) {
  mtx_init(&mutex, mtx_plain);
  cnd_init(&arrived);
  thrd_t first, second;
  thrd_create(&first, send, NULL);
  thrd_create(&second, send, NULL);
  mtx_lock(&mutex);
  while (letters < 2) cnd_wait(&arrived, &mutex);
  mtx_unlock(&mutex);
  thrd_join(first, NULL);
  thrd_join(second, NULL);
  assert(letters == 2);
  cnd_destroy(&arrived);
  mtx_destroy(&mutex);
  return 0;
}
