// Functions whose oldest version in the C library does something else than the one of today.
#include <glob.h>
#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>

// A wait until a time of the monotonic clock, which is long past by the other clock.
void wait_by_the_monotonic_clock() {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_t changed;
  if (pthread_cond_init(&changed, &attributes) != 0) abort();
  pthread_condattr_destroy(&attributes);

  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  bool ready = false;
  std::thread notifier([&] {
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
  });
  timespec deadline{};
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += 100'000;
  pthread_mutex_lock(&mutex);
  while (!ready) {
    if (pthread_cond_timedwait(&changed, &mutex, &deadline) != ETIMEDOUT) continue;
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec < deadline.tv_sec) abort();
  }
  pthread_mutex_unlock(&mutex);
  notifier.join();
  pthread_cond_destroy(&changed);
}

void call_the_others() {
  char* path = realpath("/", nullptr);
  if (path == nullptr || std::strcmp(path, "/") != 0) abort();
  std::free(path);

  regex_t expression;
  regcomp(&expression, "b", 0);
  regmatch_t match{.rm_so = 2, .rm_eo = 4};
  const int found = regexec(&expression, "abab", 1, &match, REG_STARTEND);
  if (found != 0 || match.rm_so != 3) abort();
  regfree(&expression);

  cpu_set_t processors[2];
  std::memset(processors, 0xff, sizeof processors);
  if (sched_getaffinity(0, sizeof processors[0], &processors[0]) != 0) abort();
  if (CPU_COUNT(&processors[0]) == CPU_SETSIZE) abort();

  char buffer[8] = "ab";
  std::FILE* file = fmemopen(buffer, sizeof buffer, "a");
  std::fputc('c', file);
  std::fclose(file);
  if (std::strcmp(buffer, "abc") != 0) abort();

  std::string link = "/tmp/heddle-library-versions-" + std::to_string(getpid());
  if (symlink("/nothing/there", link.c_str()) != 0) abort();
  glob_t names{};
  const int result = glob((link + "*").c_str(), 0, nullptr, &names);
  unlink(link.c_str());
  if (result != 0 || names.gl_pathc != 1) abort();
  globfree(&names);
}

int main() {
  wait_by_the_monotonic_clock();
  call_the_others();
  return 0;
}
