/* A function that the linker calls at the end of the process sees what the threads have left. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int last;

static void *write_mine(void *number) {
  pthread_mutex_lock(&mutex);
  last = (int)(long)number;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

__attribute__((destructor)) static void look(void) {
  if (last == 1) _exit(7);
}

int main(void) {
  pthread_t threads[2];
  for (long i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, write_mine, (void *)(i + 1));
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return 0;
}
