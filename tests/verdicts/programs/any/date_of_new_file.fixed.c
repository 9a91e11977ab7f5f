// A file that was made just now has the date of now.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void *make(void *unused) {
  char name[] = "/tmp/heddle-date-XXXXXX";
  const int file = mkstemp(name);
  unlink(name);
  struct stat status;
  assert(fstat(file, &status) == 0);
  const double age = difftime(time(NULL), status.st_mtime);
  assert(age >= -2 && age < 3600);
  close(file);
  return unused;
}

int main(void) {
  pthread_t maker;
  pthread_create(&maker, NULL, make, NULL);
  pthread_join(maker, NULL);
  assert(time(NULL) > 1700000000);
  return 0;
}
