// Correct: memory that is handed out again, in a larger block than was asked for, and then grows in
// its place.
#include <pthread.h>
#include <stdlib.h>

// Keeps the compiler from doing without the allocations.
static char *volatile block;

static void *work(void *unused) {
  // So much that an engine which keeps what is freed has to give it out once more.
  for (int i = 0; i < 6; ++i) {
    char *const passing = malloc(1 << 20);
    passing[0] = 1;
    free(passing);
  }
  return unused;
}

int main(void) {
  pthread_t other;
  pthread_create(&other, NULL, work, NULL);
  for (int i = 0; i < 6; ++i) {
    block = malloc((1 << 20) + i * 4096);
    block[i] = 1;
  }
  block = malloc(48);
  block[47] = 1;
  free(block);
  block = malloc(32);
  block[31] = 2;
  block = realloc(block, 48);
  block[40] = 3;
  free(block);
  pthread_join(other, NULL);
  return 0;
}
