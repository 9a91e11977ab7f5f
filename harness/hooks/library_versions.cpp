// Functions that the C library has in several versions, of which the oldest does something else.
//
// Programs name the version that they were linked with; but in one that was built for
// ThreadSanitizer, functions which libtsan has are asked for by name alone, and where Heddle's
// library has none of that name the loader takes the C library's oldest. So what libtsan has and
// what changed is here (or with the hooks of its kind), and goes on to the version of today.
#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/hooks/next_function.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

// The oldest cannot allocate the result.
HEDDLE_EXPORT char* realpath(const char* path, char* resolved) {
  return HEDDLE_VERSION(realpath, "GLIBC_2.3")(path, resolved);
}

// The oldest knows no REG_STARTEND.
HEDDLE_EXPORT int regexec(const regex_t* expression, const char* text, std::size_t most,
                          regmatch_t matches[], int flags) {
  return HEDDLE_VERSION(regexec, "GLIBC_2.3.4")(expression, text, most, matches, flags);
}

// The oldest takes no size, and writes as much as it likes.
HEDDLE_EXPORT int sched_getaffinity(pid_t process, std::size_t size, cpu_set_t* processors) {
  return HEDDLE_VERSION(sched_getaffinity, "GLIBC_2.3.4")(process, size, processors);
}

// Likewise.
HEDDLE_EXPORT int pthread_attr_getaffinity_np(const pthread_attr_t* attributes, std::size_t size,
                                              cpu_set_t* processors) {
  return HEDDLE_VERSION(pthread_attr_getaffinity_np, "GLIBC_2.3.4")(attributes, size, processors);
}

// The oldest knows no append mode, and refuses a size of 0.
HEDDLE_EXPORT FILE* fmemopen(void* buffer, std::size_t size, const char* mode) {
  return HEDDLE_VERSION(fmemopen, "GLIBC_2.22")(buffer, size, mode);
}

// The oldest leaves out links to nothing.
HEDDLE_EXPORT int glob(const char* pattern, int flags, int (*on_error)(const char*, int),
                       glob_t* result) {
  return HEDDLE_VERSION(glob, "GLIBC_2.27")(pattern, flags, on_error, result);
}
