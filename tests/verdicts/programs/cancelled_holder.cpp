// A thread is cancelled in a wait and ends with the mutex locked, as it has no cleanup handler for
// that; main locks it. A deadlock in every run.
#include <pthread.h>

#include <cstddef>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static void* wait_for_ever(void* /*unused*/) {
  pthread_mutex_lock(&mutex);
  for (;;) pthread_cond_wait(&never, &mutex);
}

int main() {
  pthread_t waiting{};
  pthread_create(&waiting, nullptr, wait_for_ever, nullptr);
  pthread_cancel(waiting);
  pthread_join(waiting, nullptr);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}
