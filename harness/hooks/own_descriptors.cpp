#include "harness/hooks/own_descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "harness/hooks/next_function.h"

namespace heddle::own_descriptors {
namespace {

constexpr int kUsualLimit = 1024;
constexpr int kRoom = 64;

constinit int g_first = 0;  // 0: not known yet
constinit int g_end = 0;

}  // namespace

int first() {
  if (g_first == 0) {
    rlimit limit{};
    // By the limit that the process was started with: a run may lower it.
    HEDDLE_NEXT(getrlimit)(RLIMIT_NOFILE, &limit);
    g_first = std::max(static_cast<int>(std::min<rlim_t>(limit.rlim_cur, kUsualLimit)) - kRoom, 1);
    g_end = g_first;
  }
  return g_first;
}

int end() {
  first();
  return g_end;
}

int copy(int file) {
  const int made = HEDDLE_NEXT(fcntl)(file, F_DUPFD_CLOEXEC, first());
  g_end = std::max(g_end, made + 1);
  return made;
}

int move(int file) {
  const int moved = copy(file);
  if (moved < 0) return file;
  HEDDLE_NEXT(close)(file);
  return moved;
}

}  // namespace heddle::own_descriptors
