// Bug: the second phase reads what the other thread made in the first one, without a barrier
//      between the phases.
// Fails: whenever a thread reads its neighbour's part: nothing orders the read and the write, and
//        the assertion fails if the read comes first.
#include <assert.h>
#include <pthread.h>

int parts[2] = {0, 0};
int sums[2] = {0, 0};

static void* work(void* argument) {
  int* part = argument;
  *part = 21;
  sums[part - parts] = parts[0] + parts[1];
  return NULL;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, work, &parts[0]);
  pthread_create(&second, NULL, work, &parts[1]);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  assert(sums[0] == 42 && sums[1] == 42);
  return 0;
}
