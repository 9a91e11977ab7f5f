// Bug: three mutexes, taken in pairs whose orders form a circle: log before cache, cache before
//      index, index before log.
// Fails: if each of the three threads has its first mutex before any takes its second.
#include <pthread.h>
#include <stddef.h>

pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t cache_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t index_mutex = PTHREAD_MUTEX_INITIALIZER;

static void with_both(pthread_mutex_t* outer, pthread_mutex_t* inner) {
  pthread_mutex_lock(outer);
  pthread_mutex_lock(inner);
  pthread_mutex_unlock(inner);
  pthread_mutex_unlock(outer);
}

static void* rotate_log(void* unused) {
  with_both(&log_mutex, &cache_mutex);
  return unused;
}

static void* fill_cache(void* unused) {
  with_both(&cache_mutex, &index_mutex);
  return unused;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, rotate_log, NULL);
  pthread_create(&second, NULL, fill_cache, NULL);
  with_both(&index_mutex, &log_mutex);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
