// Bug: the name of the current user is kept in a global, where each thread needs its own.
// Fails: whenever both threads set it: a race, and the assertion fails if one thread sets it
//        between the other's setting and reading.
#include <assert.h>
#include <threads.h>

int current_user = 0;

static int serve(void* argument) {
  int user = *(int*)argument;
  current_user = user;
  thrd_yield();
  assert(current_user == user);
  return 0;
}

int main(void) {
  int users[2] = {1, 2};
  thrd_t first, second;
  thrd_create(&first, serve, &users[0]);
  thrd_create(&second, serve, &users[1]);
  thrd_join(first, NULL);
  thrd_join(second, NULL);
  return 0;
}
