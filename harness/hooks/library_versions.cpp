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

#include <climits>
#include <cstring>

#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

// The oldest cannot allocate the result.
HEDDLE_EXPORT char* realpath(const char* path, char* resolved) {
  const auto real = HEDDLE_VERSION(realpath, "GLIBC_2.3");
  if (!heddle::is_watched()) return real(path, resolved);
  const heddle::MemoryAccess access(HEDDLE_PC);
  access.read_string(path);
  if (resolved == nullptr) {
    char* made = real(path, nullptr);
    if (made != nullptr) access.write(made, std::strlen(made) + 1);
    return made;
  }
  heddle::PrivateBuffer text(PATH_MAX);
  if (real(path, text.data()) == nullptr) return nullptr;
  access.put(resolved, text.data(), std::strlen(text.data()) + 1);
  return resolved;
}

// The oldest knows no REG_STARTEND.
HEDDLE_EXPORT int regexec(const regex_t* expression, const char* text, std::size_t most,
                          regmatch_t matches[], int flags) {
  const auto real = HEDDLE_VERSION(regexec, "GLIBC_2.3.4");
  if (!heddle::is_watched()) return real(expression, text, most, matches, flags);
  const heddle::MemoryAccess access(HEDDLE_PC);
  access.read(expression, sizeof *expression);
  // Where the text begins and ends may stand in the first match.
  if ((flags & REG_STARTEND) == 0) access.read_string(text);
  if (most == 0 || matches == nullptr) {
    return real(expression, text, most, matches, flags);
  }
  const std::size_t size = most * sizeof *matches;
  heddle::PrivateBuffer found(size);
  auto* places = reinterpret_cast<regmatch_t*>(found.data());
  if ((flags & REG_STARTEND) != 0) access.take(places, matches, sizeof *matches);
  const int result = real(expression, text, most, places, flags);
  if (result == 0 && !expression->no_sub) access.put(matches, places, size);
  return result;
}

HEDDLE_EXPORT void regfree(regex_t* expression) {
  const heddle::Address pc = HEDDLE_PC;
  if (heddle::is_watched()) heddle::MemoryAccess(pc).write(expression, sizeof *expression);
  HEDDLE_NEXT(regfree)(expression);
}

// The oldest takes no size, and writes as much as it likes.
HEDDLE_EXPORT int sched_getaffinity(pid_t process, std::size_t size, cpu_set_t* processors) {
  const int result = HEDDLE_VERSION(sched_getaffinity, "GLIBC_2.3.4")(process, size, processors);
  if (result == 0 && heddle::is_watched()) heddle::MemoryAccess(HEDDLE_PC).write(processors, size);
  return result;
}

// Likewise.
HEDDLE_EXPORT int pthread_attr_getaffinity_np(const pthread_attr_t* attributes, std::size_t size,
                                              cpu_set_t* processors) {
  const auto real = HEDDLE_VERSION(pthread_attr_getaffinity_np, "GLIBC_2.3.4");
  if (!heddle::is_watched()) return real(attributes, size, processors);
  const heddle::MemoryAccess access(HEDDLE_PC);
  access.read(attributes, sizeof *attributes);
  access.write(processors, size);
  return real(attributes, size, processors);
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
