// Correct: c11_once_tss.c with storage of the thread's own, whose key the first one to come makes,
//          and whose destructor runs at each thread's end.
// Fails: never.
#include <assert.h>
#include <stdatomic.h>
#include <threads.h>

tss_t current_user;
once_flag made = ONCE_FLAG_INIT;
atomic_int left = 0;

static void leave(void* user) {
  assert(user != NULL);
  atomic_fetch_add(&left, 1);
}

static void make_key(void) {
  int status = tss_create(&current_user, leave);
  assert(status == thrd_success);
}

static int serve(void* user) {
  call_once(&made, make_key);
  assert(tss_get(current_user) == NULL);
  tss_set(current_user, user);
  thrd_yield();
  assert(tss_get(current_user) == user);
  return 0;
}

int main(void) {
  int users[2] = {1, 2};
  thrd_t first, second;
  thrd_create(&first, serve, &users[0]);
  thrd_create(&second, serve, &users[1]);
  thrd_join(first, NULL);
  thrd_join(second, NULL);
  assert(atomic_load(&left) == 2);
  return 0;
}
